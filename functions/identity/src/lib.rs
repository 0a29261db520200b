//! The functions of identity, one module each. Written by `cargo xtask generate`.

pub use identity::model;

pub mod get_keys;
pub mod get_me;
pub mod identity_health;
pub mod identity_mail;
pub mod identity_not_found;
pub mod log_in;
pub mod log_out;
pub mod make_admin;
pub mod refresh_session;
pub mod register;
pub mod relay_identity;
pub mod replay_identity;
pub mod resend_verification;
pub mod rotate_keys;
pub mod rotate_keys_now;
pub mod sweep_identity;
pub mod verify_email;
pub mod verify_email_page;

/// What each function is, for the generator and the tests.
pub fn functions() -> Vec<platform::Described> {
    vec![
        platform::describe("get-keys", &get_keys::endpoint()),
        platform::describe("get-me", &get_me::endpoint()),
        platform::describe("identity-health", &identity_health::endpoint()),
        platform::describe("identity-mail", &identity_mail::consumer()),
        platform::describe("identity-not-found", &identity_not_found::endpoint()),
        platform::describe("log-in", &log_in::endpoint()),
        platform::describe("log-out", &log_out::endpoint()),
        platform::describe("make-admin", &make_admin::task()),
        platform::describe("refresh-session", &refresh_session::endpoint()),
        platform::describe("register", &register::endpoint()),
        platform::describe("relay-identity", &relay_identity::relay()),
        platform::describe("replay-identity", &replay_identity::replay()),
        platform::describe("resend-verification", &resend_verification::endpoint()),
        platform::describe("rotate-keys", &rotate_keys::schedule()),
        platform::describe("rotate-keys-now", &rotate_keys_now::task()),
        platform::describe("sweep-identity", &sweep_identity::schedule()),
        platform::describe("verify-email", &verify_email::endpoint()),
        platform::describe("verify-email-page", &verify_email_page::endpoint()),
    ]
}
