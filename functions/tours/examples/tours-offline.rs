//! All functions of tours in one binary, for the offline cloud: linking it takes seconds, linking each minutes.
//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    let name = std::env::args().nth(1).unwrap_or_default();
    match name.as_str() {
        "activate-region" => platform::run("activate-region", tours_functions::activate_region::endpoint()),
        "create-region" => platform::run("create-region", tours_functions::create_region::endpoint()),
        "create-section" => platform::run("create-section", tours_functions::create_section::endpoint()),
        "create-tour" => platform::run("create-tour", tours_functions::create_tour::endpoint()),
        "create-trek" => platform::run("create-trek", tours_functions::create_trek::endpoint()),
        "delete-region" => platform::run("delete-region", tours_functions::delete_region::endpoint()),
        "delete-section" => platform::run("delete-section", tours_functions::delete_section::endpoint()),
        "delete-tour" => platform::run("delete-tour", tours_functions::delete_tour::endpoint()),
        "delete-trek" => platform::run("delete-trek", tours_functions::delete_trek::endpoint()),
        "erase-travellers" => {
            platform::run("erase-travellers", tours_functions::erase_travellers::consumer())
        }
        "export-travellers" => {
            platform::run("export-travellers", tours_functions::export_travellers::consumer())
        }
        "feature-region" => platform::run("feature-region", tours_functions::feature_region::endpoint()),
        "follow-bookings" => platform::run("follow-bookings", tours_functions::follow_bookings::consumer()),
        "follow-departures" => {
            platform::run("follow-departures", tours_functions::follow_departures::consumer())
        }
        "follow-ratings" => platform::run("follow-ratings", tours_functions::follow_ratings::consumer()),
        "follow-reviews" => platform::run("follow-reviews", tours_functions::follow_reviews::consumer()),
        "get-custom-trek" => platform::run("get-custom-trek", tours_functions::get_custom_trek::endpoint()),
        "get-getaway" => platform::run("get-getaway", tours_functions::get_getaway::endpoint()),
        "get-image" => platform::run("get-image", tours_functions::get_image::endpoint()),
        "get-monthly-plan" => {
            platform::run("get-monthly-plan", tours_functions::get_monthly_plan::endpoint())
        }
        "get-region" => platform::run("get-region", tours_functions::get_region::endpoint()),
        "get-region-statistics" => {
            platform::run("get-region-statistics", tours_functions::get_region_statistics::endpoint())
        }
        "get-section" => platform::run("get-section", tours_functions::get_section::endpoint()),
        "get-section-statistics" => {
            platform::run("get-section-statistics", tours_functions::get_section_statistics::endpoint())
        }
        "get-tour" => platform::run("get-tour", tours_functions::get_tour::endpoint()),
        "get-tour-statistics" => {
            platform::run("get-tour-statistics", tours_functions::get_tour_statistics::endpoint())
        }
        "get-trek" => platform::run("get-trek", tours_functions::get_trek::endpoint()),
        "get-trek-statistics" => {
            platform::run("get-trek-statistics", tours_functions::get_trek_statistics::endpoint())
        }
        "import-tours" => platform::run("import-tours", tours_functions::import_tours::endpoint()),
        "keep-guides" => platform::run("keep-guides", tours_functions::keep_guides::consumer()),
        "list-getaway-activities" => {
            platform::run("list-getaway-activities", tours_functions::list_getaway_activities::endpoint())
        }
        "list-getaway-blogs" => {
            platform::run("list-getaway-blogs", tours_functions::list_getaway_blogs::endpoint())
        }
        "list-getaway-galleries" => {
            platform::run("list-getaway-galleries", tours_functions::list_getaway_galleries::endpoint())
        }
        "list-getaways" => platform::run("list-getaways", tours_functions::list_getaways::endpoint()),
        "list-own-tours" => platform::run("list-own-tours", tours_functions::list_own_tours::endpoint()),
        "list-region-images" => {
            platform::run("list-region-images", tours_functions::list_region_images::endpoint())
        }
        "list-regions" => platform::run("list-regions", tours_functions::list_regions::endpoint()),
        "list-sections" => platform::run("list-sections", tours_functions::list_sections::endpoint()),
        "list-tour-distances" => {
            platform::run("list-tour-distances", tours_functions::list_tour_distances::endpoint())
        }
        "list-tour-images" => {
            platform::run("list-tour-images", tours_functions::list_tour_images::endpoint())
        }
        "list-tours" => platform::run("list-tours", tours_functions::list_tours::endpoint()),
        "list-tours-within" => {
            platform::run("list-tours-within", tours_functions::list_tours_within::endpoint())
        }
        "list-trek-categories" => {
            platform::run("list-trek-categories", tours_functions::list_trek_categories::endpoint())
        }
        "list-trek-images" => {
            platform::run("list-trek-images", tours_functions::list_trek_images::endpoint())
        }
        "list-treks" => platform::run("list-treks", tours_functions::list_treks::endpoint()),
        "offer-getaway" => platform::run("offer-getaway", tours_functions::offer_getaway::endpoint()),
        "process-images" => platform::run("process-images", tours_functions::process_images::consumer()),
        "relay-tours" => platform::run("relay-tours", tours_functions::relay_tours::relay()),
        "reorder-sections" => {
            platform::run("reorder-sections", tours_functions::reorder_sections::endpoint())
        }
        "replace-getaway-gallery" => {
            platform::run("replace-getaway-gallery", tours_functions::replace_getaway_gallery::endpoint())
        }
        "replay-tours" => platform::run("replay-tours", tours_functions::replay_tours::replay()),
        "send-custom-link" => {
            platform::run("send-custom-link", tours_functions::send_custom_link::endpoint())
        }
        "sweep-tours" => platform::run("sweep-tours", tours_functions::sweep_tours::schedule()),
        "tidy-images" => platform::run("tidy-images", tours_functions::tidy_images::consumer()),
        "toggle-trek" => platform::run("toggle-trek", tours_functions::toggle_trek::endpoint()),
        "tours-health" => platform::run("tours-health", tours_functions::tours_health::endpoint()),
        "tours-not-found" => platform::run("tours-not-found", tours_functions::tours_not_found::endpoint()),
        "update-region" => platform::run("update-region", tours_functions::update_region::endpoint()),
        "update-section" => platform::run("update-section", tours_functions::update_section::endpoint()),
        "update-tour" => platform::run("update-tour", tours_functions::update_tour::endpoint()),
        "update-trek" => platform::run("update-trek", tours_functions::update_trek::endpoint()),
        "upload-region-images" => {
            platform::run("upload-region-images", tours_functions::upload_region_images::endpoint())
        }
        "upload-tour-images" => {
            platform::run("upload-tour-images", tours_functions::upload_tour_images::endpoint())
        }
        "upload-trek-images" => {
            platform::run("upload-trek-images", tours_functions::upload_trek_images::endpoint())
        }
        _ => platform::no_such_function(&name),
    }
}
