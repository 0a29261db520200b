//! The functions of notifications, one module each. Written by `cargo xtask generate`.

pub use notifications::model;

pub mod add_device;
pub mod ask_unsubscribe;
pub mod count_unread;
pub mod create_broadcast;
pub mod delete_all_notifications;
pub mod delete_notification;
pub mod erase_recipients;
pub mod export_recipients;
pub mod fan_out_broadcast;
pub mod get_notification_preferences;
pub mod get_notification_template;
pub mod keep_presence;
pub mod keep_recipients;
pub mod list_devices;
pub mod list_mails;
pub mod list_notification_templates;
pub mod list_notifications;
pub mod notifications_health;
pub mod notifications_not_found;
pub mod notify_people;
pub mod preview_notification_template;
pub mod read_all_notifications;
pub mod read_notification;
pub mod relay_notifications;
pub mod release_deferred;
pub mod remove_device;
pub mod resend_mail;
pub mod send_digests;
pub mod send_mail;
pub mod send_push;
pub mod send_requested;
pub mod send_text;
pub mod set_notification_preferences;
pub mod set_notification_template;
pub mod suppress_addresses;
pub mod sweep_notifications;
pub mod tidy_inbox;
pub mod unsubscribe;

/// What each function is, for the generator and the tests.
pub fn functions() -> Vec<platform::Described> {
    vec![
        platform::describe("add-device", &add_device::endpoint()),
        platform::describe("ask-unsubscribe", &ask_unsubscribe::endpoint()),
        platform::describe("count-unread", &count_unread::endpoint()),
        platform::describe("create-broadcast", &create_broadcast::endpoint()),
        platform::describe("delete-all-notifications", &delete_all_notifications::endpoint()),
        platform::describe("delete-notification", &delete_notification::endpoint()),
        platform::describe("erase-recipients", &erase_recipients::consumer()),
        platform::describe("export-recipients", &export_recipients::consumer()),
        platform::describe("fan-out-broadcast", &fan_out_broadcast::consumer()),
        platform::describe("get-notification-preferences", &get_notification_preferences::endpoint()),
        platform::describe("get-notification-template", &get_notification_template::endpoint()),
        platform::describe("keep-presence", &keep_presence::consumer()),
        platform::describe("keep-recipients", &keep_recipients::consumer()),
        platform::describe("list-devices", &list_devices::endpoint()),
        platform::describe("list-mails", &list_mails::endpoint()),
        platform::describe("list-notification-templates", &list_notification_templates::endpoint()),
        platform::describe("list-notifications", &list_notifications::endpoint()),
        platform::describe("notifications-health", &notifications_health::endpoint()),
        platform::describe("notifications-not-found", &notifications_not_found::endpoint()),
        platform::describe("notify-people", &notify_people::consumer()),
        platform::describe("preview-notification-template", &preview_notification_template::endpoint()),
        platform::describe("read-all-notifications", &read_all_notifications::endpoint()),
        platform::describe("read-notification", &read_notification::endpoint()),
        platform::describe("relay-notifications", &relay_notifications::relay()),
        platform::describe("release-deferred", &release_deferred::schedule()),
        platform::describe("remove-device", &remove_device::endpoint()),
        platform::describe("resend-mail", &resend_mail::endpoint()),
        platform::describe("send-digests", &send_digests::schedule()),
        platform::describe("send-mail", &send_mail::consumer()),
        platform::describe("send-push", &send_push::consumer()),
        platform::describe("send-requested", &send_requested::consumer()),
        platform::describe("send-text", &send_text::consumer()),
        platform::describe("set-notification-preferences", &set_notification_preferences::endpoint()),
        platform::describe("set-notification-template", &set_notification_template::endpoint()),
        platform::describe("suppress-addresses", &suppress_addresses::consumer()),
        platform::describe("sweep-notifications", &sweep_notifications::schedule()),
        platform::describe("tidy-inbox", &tidy_inbox::consumer()),
        platform::describe("unsubscribe", &unsubscribe::endpoint()),
    ]
}
