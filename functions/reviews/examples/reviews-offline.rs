//! All functions of reviews in one binary, for the offline cloud: linking it takes seconds, linking each minutes.
//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    let name = std::env::args().nth(1).unwrap_or_default();
    match name.as_str() {
        "create-review" => platform::run("create-review", reviews_functions::create_review::endpoint()),
        "delete-review" => platform::run("delete-review", reviews_functions::delete_review::endpoint()),
        "erase-reviews" => platform::run("erase-reviews", reviews_functions::erase_reviews::consumer()),
        "export-reviews" => platform::run("export-reviews", reviews_functions::export_reviews::consumer()),
        "get-rating" => platform::run("get-rating", reviews_functions::get_rating::endpoint()),
        "get-review" => platform::run("get-review", reviews_functions::get_review::endpoint()),
        "get-review-analytics" => {
            platform::run("get-review-analytics", reviews_functions::get_review_analytics::endpoint())
        }
        "get-review-eligibility" => {
            platform::run("get-review-eligibility", reviews_functions::get_review_eligibility::endpoint())
        }
        "get-worker-signals" => {
            platform::run("get-worker-signals", reviews_functions::get_worker_signals::endpoint())
        }
        "import-reviews" => platform::run("import-reviews", reviews_functions::import_reviews::endpoint()),
        "keep-review-authors" => {
            platform::run("keep-review-authors", reviews_functions::keep_review_authors::consumer())
        }
        "keep-review-subjects" => {
            platform::run("keep-review-subjects", reviews_functions::keep_review_subjects::consumer())
        }
        "list-review-candidates" => {
            platform::run("list-review-candidates", reviews_functions::list_review_candidates::endpoint())
        }
        "list-review-queue" => {
            platform::run("list-review-queue", reviews_functions::list_review_queue::endpoint())
        }
        "list-reviews" => platform::run("list-reviews", reviews_functions::list_reviews::endpoint()),
        "list-subject-reviews" => {
            platform::run("list-subject-reviews", reviews_functions::list_subject_reviews::endpoint())
        }
        "moderate-review" => platform::run("moderate-review", reviews_functions::moderate_review::endpoint()),
        "moderate-reviews" => {
            platform::run("moderate-reviews", reviews_functions::moderate_reviews::endpoint())
        }
        "open-reviews" => platform::run("open-reviews", reviews_functions::open_reviews::consumer()),
        "relay-reviews" => platform::run("relay-reviews", reviews_functions::relay_reviews::relay()),
        "replay-reviews" => platform::run("replay-reviews", reviews_functions::replay_reviews::replay()),
        "report-review" => platform::run("report-review", reviews_functions::report_review::endpoint()),
        "respond-to-review" => {
            platform::run("respond-to-review", reviews_functions::respond_to_review::endpoint())
        }
        "reveal-reviews" => platform::run("reveal-reviews", reviews_functions::reveal_reviews::schedule()),
        "review-subject" => platform::run("review-subject", reviews_functions::review_subject::endpoint()),
        "reviews-health" => platform::run("reviews-health", reviews_functions::reviews_health::endpoint()),
        "reviews-not-found" => {
            platform::run("reviews-not-found", reviews_functions::reviews_not_found::endpoint())
        }
        "sweep-reviews" => platform::run("sweep-reviews", reviews_functions::sweep_reviews::schedule()),
        "update-review" => platform::run("update-review", reviews_functions::update_review::endpoint()),
        "vote-review-helpful" => {
            platform::run("vote-review-helpful", reviews_functions::vote_review_helpful::endpoint())
        }
        _ => platform::no_such_function(&name),
    }
}
