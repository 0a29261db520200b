//! The functions of notifications, one module each. Written by `cargo xtask generate`.

pub use notifications::model;

pub mod keep_recipients;
pub mod notifications_health;
pub mod notifications_not_found;
pub mod send_welcome_mail;

/// What each function is, for the generator and the tests.
pub fn functions() -> Vec<platform::Described> {
    vec![
        platform::describe("keep-recipients", &keep_recipients::consumer()),
        platform::describe("notifications-health", &notifications_health::endpoint()),
        platform::describe("notifications-not-found", &notifications_not_found::endpoint()),
        platform::describe("send-welcome-mail", &send_welcome_mail::consumer()),
    ]
}
