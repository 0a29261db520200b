//! The functions of realtime, one module each. Written by `cargo xtask generate`.

pub use realtime::model;

pub mod authorize_connect;
pub mod close_connection;
pub mod keep_alive;
pub mod open_connection;
pub mod realtime_health;
pub mod realtime_not_found;
pub mod refuse_action;
pub mod relay_realtime;
pub mod sweep_realtime;

/// What each function is, for the generator and the tests.
pub fn functions() -> Vec<platform::Described> {
    vec![
        platform::describe("authorize-connect", &authorize_connect::authorizer()),
        platform::describe("close-connection", &close_connection::socket()),
        platform::describe("keep-alive", &keep_alive::socket()),
        platform::describe("open-connection", &open_connection::socket()),
        platform::describe("realtime-health", &realtime_health::endpoint()),
        platform::describe("realtime-not-found", &realtime_not_found::endpoint()),
        platform::describe("refuse-action", &refuse_action::socket()),
        platform::describe("relay-realtime", &relay_realtime::relay()),
        platform::describe("sweep-realtime", &sweep_realtime::schedule()),
    ]
}
