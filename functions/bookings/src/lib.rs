//! The functions of bookings, one module each. Written by `cargo xtask generate`.

pub use bookings::model;

pub mod add_remark;
pub mod answer_request;
pub mod book_custom_trek;
pub mod bookings_health;
pub mod bookings_not_found;
pub mod cancel_booking;
pub mod cancel_participant;
pub mod complete_trek;
pub mod create_batch;
pub mod create_booking;
pub mod create_booking_user;
pub mod create_manual_booking;
pub mod delete_batch;
pub mod delete_booking;
pub mod delete_failed_booking;
pub mod expire_holds;
pub mod export_bookers;
pub mod export_bookings;
pub mod export_failed_bookings;
pub mod export_participants;
pub mod follow_batches;
pub mod follow_catalogue;
pub mod follow_payments;
pub mod follow_people;
pub mod follow_trek_ratings;
pub mod get_batch;
pub mod get_batch_performance;
pub mod get_booking;
pub mod get_failed_booking;
pub mod get_invoice;
pub mod get_trek_performance;
pub mod list_batches;
pub mod list_bookings;
pub mod list_failed_bookings;
pub mod list_own_bookings;
pub mod list_tour_batches;
pub mod list_trek_batches;
pub mod mark_partial_complete;
pub mod name_participants;
pub mod open_checkout_session;
pub mod preview_refund;
pub mod relay_bookings;
pub mod remind_bookers;
pub mod replay_bookings;
pub mod request_change;
pub mod restore_booking;
pub mod restore_failed_booking;
pub mod restore_participant;
pub mod send_booking_mail;
pub mod set_batch_status;
pub mod set_booking_status;
pub mod shift_batch;
pub mod sweep_bookings;
pub mod tell_batches;
pub mod update_batch;
pub mod update_booking;
pub mod validate_booking_user;

/// What each function is, for the generator and the tests.
pub fn functions() -> Vec<platform::Described> {
    vec![
        platform::describe("add-remark", &add_remark::endpoint()),
        platform::describe("answer-request", &answer_request::endpoint()),
        platform::describe("book-custom-trek", &book_custom_trek::endpoint()),
        platform::describe("bookings-health", &bookings_health::endpoint()),
        platform::describe("bookings-not-found", &bookings_not_found::endpoint()),
        platform::describe("cancel-booking", &cancel_booking::endpoint()),
        platform::describe("cancel-participant", &cancel_participant::endpoint()),
        platform::describe("complete-trek", &complete_trek::endpoint()),
        platform::describe("create-batch", &create_batch::endpoint()),
        platform::describe("create-booking", &create_booking::endpoint()),
        platform::describe("create-booking-user", &create_booking_user::endpoint()),
        platform::describe("create-manual-booking", &create_manual_booking::endpoint()),
        platform::describe("delete-batch", &delete_batch::endpoint()),
        platform::describe("delete-booking", &delete_booking::endpoint()),
        platform::describe("delete-failed-booking", &delete_failed_booking::endpoint()),
        platform::describe("expire-holds", &expire_holds::schedule()),
        platform::describe("export-bookers", &export_bookers::consumer()),
        platform::describe("export-bookings", &export_bookings::endpoint()),
        platform::describe("export-failed-bookings", &export_failed_bookings::endpoint()),
        platform::describe("export-participants", &export_participants::endpoint()),
        platform::describe("follow-batches", &follow_batches::consumer()),
        platform::describe("follow-catalogue", &follow_catalogue::consumer()),
        platform::describe("follow-payments", &follow_payments::consumer()),
        platform::describe("follow-people", &follow_people::consumer()),
        platform::describe("follow-trek-ratings", &follow_trek_ratings::consumer()),
        platform::describe("get-batch", &get_batch::endpoint()),
        platform::describe("get-batch-performance", &get_batch_performance::endpoint()),
        platform::describe("get-booking", &get_booking::endpoint()),
        platform::describe("get-failed-booking", &get_failed_booking::endpoint()),
        platform::describe("get-invoice", &get_invoice::endpoint()),
        platform::describe("get-trek-performance", &get_trek_performance::endpoint()),
        platform::describe("list-batches", &list_batches::endpoint()),
        platform::describe("list-bookings", &list_bookings::endpoint()),
        platform::describe("list-failed-bookings", &list_failed_bookings::endpoint()),
        platform::describe("list-own-bookings", &list_own_bookings::endpoint()),
        platform::describe("list-tour-batches", &list_tour_batches::endpoint()),
        platform::describe("list-trek-batches", &list_trek_batches::endpoint()),
        platform::describe("mark-partial-complete", &mark_partial_complete::endpoint()),
        platform::describe("name-participants", &name_participants::endpoint()),
        platform::describe("open-checkout-session", &open_checkout_session::endpoint()),
        platform::describe("preview-refund", &preview_refund::endpoint()),
        platform::describe("relay-bookings", &relay_bookings::relay()),
        platform::describe("remind-bookers", &remind_bookers::schedule()),
        platform::describe("replay-bookings", &replay_bookings::replay()),
        platform::describe("request-change", &request_change::endpoint()),
        platform::describe("restore-booking", &restore_booking::endpoint()),
        platform::describe("restore-failed-booking", &restore_failed_booking::endpoint()),
        platform::describe("restore-participant", &restore_participant::endpoint()),
        platform::describe("send-booking-mail", &send_booking_mail::endpoint()),
        platform::describe("set-batch-status", &set_batch_status::endpoint()),
        platform::describe("set-booking-status", &set_booking_status::endpoint()),
        platform::describe("shift-batch", &shift_batch::endpoint()),
        platform::describe("sweep-bookings", &sweep_bookings::schedule()),
        platform::describe("tell-batches", &tell_batches::consumer()),
        platform::describe("update-batch", &update_batch::endpoint()),
        platform::describe("update-booking", &update_booking::endpoint()),
        platform::describe("validate-booking-user", &validate_booking_user::endpoint()),
    ]
}
