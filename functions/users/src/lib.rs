//! The functions of users, one module each. Written by `cargo xtask generate`.

pub use users::model;

pub mod relay_users;
pub mod sweep_users;
pub mod users_health;
pub mod users_not_found;

/// What each function is, for the generator and the tests.
pub fn functions() -> Vec<platform::Described> {
    vec![
        platform::describe("relay-users", &relay_users::relay()),
        platform::describe("sweep-users", &sweep_users::schedule()),
        platform::describe("users-health", &users_health::endpoint()),
        platform::describe("users-not-found", &users_not_found::endpoint()),
    ]
}
