//! The functions of notifications, one module each. Written by `cargo xtask generate`.

pub use notifications::model;

pub mod erase_recipients;
pub mod export_recipients;
pub mod keep_recipients;
pub mod notifications_health;
pub mod notifications_not_found;
pub mod relay_notifications;
pub mod send_welcome_mail;
pub mod sweep_notifications;

/// What each function is, for the generator and the tests.
pub fn functions() -> Vec<platform::Described> {
    vec![
        platform::describe("erase-recipients", &erase_recipients::consumer()),
        platform::describe("export-recipients", &export_recipients::consumer()),
        platform::describe("keep-recipients", &keep_recipients::consumer()),
        platform::describe("notifications-health", &notifications_health::endpoint()),
        platform::describe("notifications-not-found", &notifications_not_found::endpoint()),
        platform::describe("relay-notifications", &relay_notifications::relay()),
        platform::describe("send-welcome-mail", &send_welcome_mail::consumer()),
        platform::describe("sweep-notifications", &sweep_notifications::schedule()),
    ]
}
