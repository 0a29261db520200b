//! All functions of bookings in one binary, for the offline cloud: linking it takes seconds, linking each minutes.
//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    let name = std::env::args().nth(1).unwrap_or_default();
    match name.as_str() {
        "add-remark" => platform::run("add-remark", bookings_functions::add_remark::endpoint()),
        "answer-request" => platform::run("answer-request", bookings_functions::answer_request::endpoint()),
        "book-custom-trek" => {
            platform::run("book-custom-trek", bookings_functions::book_custom_trek::endpoint())
        }
        "bookings-health" => {
            platform::run("bookings-health", bookings_functions::bookings_health::endpoint())
        }
        "bookings-not-found" => {
            platform::run("bookings-not-found", bookings_functions::bookings_not_found::endpoint())
        }
        "cancel-booking" => platform::run("cancel-booking", bookings_functions::cancel_booking::endpoint()),
        "cancel-participant" => {
            platform::run("cancel-participant", bookings_functions::cancel_participant::endpoint())
        }
        "complete-trek" => platform::run("complete-trek", bookings_functions::complete_trek::endpoint()),
        "create-batch" => platform::run("create-batch", bookings_functions::create_batch::endpoint()),
        "create-booking" => platform::run("create-booking", bookings_functions::create_booking::endpoint()),
        "create-booking-user" => {
            platform::run("create-booking-user", bookings_functions::create_booking_user::endpoint())
        }
        "create-manual-booking" => {
            platform::run("create-manual-booking", bookings_functions::create_manual_booking::endpoint())
        }
        "delete-batch" => platform::run("delete-batch", bookings_functions::delete_batch::endpoint()),
        "delete-booking" => platform::run("delete-booking", bookings_functions::delete_booking::endpoint()),
        "delete-failed-booking" => {
            platform::run("delete-failed-booking", bookings_functions::delete_failed_booking::endpoint())
        }
        "expire-holds" => platform::run("expire-holds", bookings_functions::expire_holds::schedule()),
        "export-bookers" => platform::run("export-bookers", bookings_functions::export_bookers::consumer()),
        "export-bookings" => {
            platform::run("export-bookings", bookings_functions::export_bookings::endpoint())
        }
        "export-failed-bookings" => {
            platform::run("export-failed-bookings", bookings_functions::export_failed_bookings::endpoint())
        }
        "export-participants" => {
            platform::run("export-participants", bookings_functions::export_participants::endpoint())
        }
        "follow-batches" => platform::run("follow-batches", bookings_functions::follow_batches::consumer()),
        "follow-catalogue" => {
            platform::run("follow-catalogue", bookings_functions::follow_catalogue::consumer())
        }
        "follow-payments" => {
            platform::run("follow-payments", bookings_functions::follow_payments::consumer())
        }
        "follow-people" => platform::run("follow-people", bookings_functions::follow_people::consumer()),
        "follow-trek-ratings" => {
            platform::run("follow-trek-ratings", bookings_functions::follow_trek_ratings::consumer())
        }
        "get-batch" => platform::run("get-batch", bookings_functions::get_batch::endpoint()),
        "get-batch-performance" => {
            platform::run("get-batch-performance", bookings_functions::get_batch_performance::endpoint())
        }
        "get-booking" => platform::run("get-booking", bookings_functions::get_booking::endpoint()),
        "get-failed-booking" => {
            platform::run("get-failed-booking", bookings_functions::get_failed_booking::endpoint())
        }
        "get-invoice" => platform::run("get-invoice", bookings_functions::get_invoice::endpoint()),
        "get-trek-performance" => {
            platform::run("get-trek-performance", bookings_functions::get_trek_performance::endpoint())
        }
        "list-batches" => platform::run("list-batches", bookings_functions::list_batches::endpoint()),
        "list-bookings" => platform::run("list-bookings", bookings_functions::list_bookings::endpoint()),
        "list-failed-bookings" => {
            platform::run("list-failed-bookings", bookings_functions::list_failed_bookings::endpoint())
        }
        "list-own-bookings" => {
            platform::run("list-own-bookings", bookings_functions::list_own_bookings::endpoint())
        }
        "list-tour-batches" => {
            platform::run("list-tour-batches", bookings_functions::list_tour_batches::endpoint())
        }
        "list-trek-batches" => {
            platform::run("list-trek-batches", bookings_functions::list_trek_batches::endpoint())
        }
        "mark-partial-complete" => {
            platform::run("mark-partial-complete", bookings_functions::mark_partial_complete::endpoint())
        }
        "name-participants" => {
            platform::run("name-participants", bookings_functions::name_participants::endpoint())
        }
        "open-checkout-session" => {
            platform::run("open-checkout-session", bookings_functions::open_checkout_session::endpoint())
        }
        "preview-refund" => platform::run("preview-refund", bookings_functions::preview_refund::endpoint()),
        "relay-bookings" => platform::run("relay-bookings", bookings_functions::relay_bookings::relay()),
        "remind-bookers" => platform::run("remind-bookers", bookings_functions::remind_bookers::schedule()),
        "replay-bookings" => platform::run("replay-bookings", bookings_functions::replay_bookings::replay()),
        "request-change" => platform::run("request-change", bookings_functions::request_change::endpoint()),
        "restore-booking" => {
            platform::run("restore-booking", bookings_functions::restore_booking::endpoint())
        }
        "restore-failed-booking" => {
            platform::run("restore-failed-booking", bookings_functions::restore_failed_booking::endpoint())
        }
        "restore-participant" => {
            platform::run("restore-participant", bookings_functions::restore_participant::endpoint())
        }
        "send-booking-mail" => {
            platform::run("send-booking-mail", bookings_functions::send_booking_mail::endpoint())
        }
        "set-batch-status" => {
            platform::run("set-batch-status", bookings_functions::set_batch_status::endpoint())
        }
        "set-booking-status" => {
            platform::run("set-booking-status", bookings_functions::set_booking_status::endpoint())
        }
        "shift-batch" => platform::run("shift-batch", bookings_functions::shift_batch::endpoint()),
        "sweep-bookings" => platform::run("sweep-bookings", bookings_functions::sweep_bookings::schedule()),
        "tell-batches" => platform::run("tell-batches", bookings_functions::tell_batches::consumer()),
        "update-batch" => platform::run("update-batch", bookings_functions::update_batch::endpoint()),
        "update-booking" => platform::run("update-booking", bookings_functions::update_booking::endpoint()),
        "validate-booking-user" => {
            platform::run("validate-booking-user", bookings_functions::validate_booking_user::endpoint())
        }
        _ => platform::no_such_function(&name),
    }
}
