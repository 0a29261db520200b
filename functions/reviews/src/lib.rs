//! The functions of reviews, one module each. Written by `cargo xtask generate`.

pub use reviews::model;

pub mod create_review;
pub mod delete_review;
pub mod erase_reviews;
pub mod export_reviews;
pub mod get_rating;
pub mod get_review;
pub mod get_review_analytics;
pub mod get_review_eligibility;
pub mod get_worker_signals;
pub mod import_reviews;
pub mod keep_review_authors;
pub mod keep_review_subjects;
pub mod list_review_candidates;
pub mod list_review_queue;
pub mod list_reviews;
pub mod list_subject_reviews;
pub mod moderate_review;
pub mod moderate_reviews;
pub mod open_reviews;
pub mod relay_reviews;
pub mod replay_reviews;
pub mod report_review;
pub mod respond_to_review;
pub mod reveal_reviews;
pub mod review_subject;
pub mod reviews_health;
pub mod reviews_not_found;
pub mod sweep_reviews;
pub mod update_review;
pub mod vote_review_helpful;

/// What each function is, for the generator and the tests.
pub fn functions() -> Vec<platform::Described> {
    vec![
        platform::describe("create-review", &create_review::endpoint()),
        platform::describe("delete-review", &delete_review::endpoint()),
        platform::describe("erase-reviews", &erase_reviews::consumer()),
        platform::describe("export-reviews", &export_reviews::consumer()),
        platform::describe("get-rating", &get_rating::endpoint()),
        platform::describe("get-review", &get_review::endpoint()),
        platform::describe("get-review-analytics", &get_review_analytics::endpoint()),
        platform::describe("get-review-eligibility", &get_review_eligibility::endpoint()),
        platform::describe("get-worker-signals", &get_worker_signals::endpoint()),
        platform::describe("import-reviews", &import_reviews::endpoint()),
        platform::describe("keep-review-authors", &keep_review_authors::consumer()),
        platform::describe("keep-review-subjects", &keep_review_subjects::consumer()),
        platform::describe("list-review-candidates", &list_review_candidates::endpoint()),
        platform::describe("list-review-queue", &list_review_queue::endpoint()),
        platform::describe("list-reviews", &list_reviews::endpoint()),
        platform::describe("list-subject-reviews", &list_subject_reviews::endpoint()),
        platform::describe("moderate-review", &moderate_review::endpoint()),
        platform::describe("moderate-reviews", &moderate_reviews::endpoint()),
        platform::describe("open-reviews", &open_reviews::consumer()),
        platform::describe("relay-reviews", &relay_reviews::relay()),
        platform::describe("replay-reviews", &replay_reviews::replay()),
        platform::describe("report-review", &report_review::endpoint()),
        platform::describe("respond-to-review", &respond_to_review::endpoint()),
        platform::describe("reveal-reviews", &reveal_reviews::schedule()),
        platform::describe("review-subject", &review_subject::endpoint()),
        platform::describe("reviews-health", &reviews_health::endpoint()),
        platform::describe("reviews-not-found", &reviews_not_found::endpoint()),
        platform::describe("sweep-reviews", &sweep_reviews::schedule()),
        platform::describe("update-review", &update_review::endpoint()),
        platform::describe("vote-review-helpful", &vote_review_helpful::endpoint()),
    ]
}
