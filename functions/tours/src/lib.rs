//! The functions of tours, one module each. Written by `cargo xtask generate`.

pub use tours::model;

pub mod activate_region;
pub mod create_region;
pub mod create_section;
pub mod create_tour;
pub mod create_trek;
pub mod delete_region;
pub mod delete_section;
pub mod delete_tour;
pub mod delete_trek;
pub mod erase_travellers;
pub mod export_travellers;
pub mod feature_region;
pub mod follow_bookings;
pub mod follow_departures;
pub mod follow_ratings;
pub mod follow_reviews;
pub mod get_custom_trek;
pub mod get_getaway;
pub mod get_image;
pub mod get_monthly_plan;
pub mod get_region;
pub mod get_region_statistics;
pub mod get_section;
pub mod get_section_statistics;
pub mod get_tour;
pub mod get_tour_statistics;
pub mod get_trek;
pub mod get_trek_statistics;
pub mod import_tours;
pub mod keep_guides;
pub mod list_getaway_activities;
pub mod list_getaway_blogs;
pub mod list_getaway_galleries;
pub mod list_getaways;
pub mod list_own_tours;
pub mod list_region_images;
pub mod list_regions;
pub mod list_sections;
pub mod list_tour_distances;
pub mod list_tour_images;
pub mod list_tours;
pub mod list_tours_within;
pub mod list_trek_categories;
pub mod list_trek_images;
pub mod list_treks;
pub mod offer_getaway;
pub mod process_images;
pub mod relay_tours;
pub mod reorder_sections;
pub mod replace_getaway_gallery;
pub mod replay_tours;
pub mod send_custom_link;
pub mod sweep_tours;
pub mod tidy_images;
pub mod toggle_trek;
pub mod tours_health;
pub mod tours_not_found;
pub mod update_region;
pub mod update_section;
pub mod update_tour;
pub mod update_trek;
pub mod upload_region_images;
pub mod upload_tour_images;
pub mod upload_trek_images;

/// What each function is, for the generator and the tests.
pub fn functions() -> Vec<platform::Described> {
    vec![
        platform::describe("activate-region", &activate_region::endpoint()),
        platform::describe("create-region", &create_region::endpoint()),
        platform::describe("create-section", &create_section::endpoint()),
        platform::describe("create-tour", &create_tour::endpoint()),
        platform::describe("create-trek", &create_trek::endpoint()),
        platform::describe("delete-region", &delete_region::endpoint()),
        platform::describe("delete-section", &delete_section::endpoint()),
        platform::describe("delete-tour", &delete_tour::endpoint()),
        platform::describe("delete-trek", &delete_trek::endpoint()),
        platform::describe("erase-travellers", &erase_travellers::consumer()),
        platform::describe("export-travellers", &export_travellers::consumer()),
        platform::describe("feature-region", &feature_region::endpoint()),
        platform::describe("follow-bookings", &follow_bookings::consumer()),
        platform::describe("follow-departures", &follow_departures::consumer()),
        platform::describe("follow-ratings", &follow_ratings::consumer()),
        platform::describe("follow-reviews", &follow_reviews::consumer()),
        platform::describe("get-custom-trek", &get_custom_trek::endpoint()),
        platform::describe("get-getaway", &get_getaway::endpoint()),
        platform::describe("get-image", &get_image::endpoint()),
        platform::describe("get-monthly-plan", &get_monthly_plan::endpoint()),
        platform::describe("get-region", &get_region::endpoint()),
        platform::describe("get-region-statistics", &get_region_statistics::endpoint()),
        platform::describe("get-section", &get_section::endpoint()),
        platform::describe("get-section-statistics", &get_section_statistics::endpoint()),
        platform::describe("get-tour", &get_tour::endpoint()),
        platform::describe("get-tour-statistics", &get_tour_statistics::endpoint()),
        platform::describe("get-trek", &get_trek::endpoint()),
        platform::describe("get-trek-statistics", &get_trek_statistics::endpoint()),
        platform::describe("import-tours", &import_tours::endpoint()),
        platform::describe("keep-guides", &keep_guides::consumer()),
        platform::describe("list-getaway-activities", &list_getaway_activities::endpoint()),
        platform::describe("list-getaway-blogs", &list_getaway_blogs::endpoint()),
        platform::describe("list-getaway-galleries", &list_getaway_galleries::endpoint()),
        platform::describe("list-getaways", &list_getaways::endpoint()),
        platform::describe("list-own-tours", &list_own_tours::endpoint()),
        platform::describe("list-region-images", &list_region_images::endpoint()),
        platform::describe("list-regions", &list_regions::endpoint()),
        platform::describe("list-sections", &list_sections::endpoint()),
        platform::describe("list-tour-distances", &list_tour_distances::endpoint()),
        platform::describe("list-tour-images", &list_tour_images::endpoint()),
        platform::describe("list-tours", &list_tours::endpoint()),
        platform::describe("list-tours-within", &list_tours_within::endpoint()),
        platform::describe("list-trek-categories", &list_trek_categories::endpoint()),
        platform::describe("list-trek-images", &list_trek_images::endpoint()),
        platform::describe("list-treks", &list_treks::endpoint()),
        platform::describe("offer-getaway", &offer_getaway::endpoint()),
        platform::describe("process-images", &process_images::consumer()),
        platform::describe("relay-tours", &relay_tours::relay()),
        platform::describe("reorder-sections", &reorder_sections::endpoint()),
        platform::describe("replace-getaway-gallery", &replace_getaway_gallery::endpoint()),
        platform::describe("replay-tours", &replay_tours::replay()),
        platform::describe("send-custom-link", &send_custom_link::endpoint()),
        platform::describe("sweep-tours", &sweep_tours::schedule()),
        platform::describe("tidy-images", &tidy_images::consumer()),
        platform::describe("toggle-trek", &toggle_trek::endpoint()),
        platform::describe("tours-health", &tours_health::endpoint()),
        platform::describe("tours-not-found", &tours_not_found::endpoint()),
        platform::describe("update-region", &update_region::endpoint()),
        platform::describe("update-section", &update_section::endpoint()),
        platform::describe("update-tour", &update_tour::endpoint()),
        platform::describe("update-trek", &update_trek::endpoint()),
        platform::describe("upload-region-images", &upload_region_images::endpoint()),
        platform::describe("upload-tour-images", &upload_tour_images::endpoint()),
        platform::describe("upload-trek-images", &upload_trek_images::endpoint()),
    ]
}
