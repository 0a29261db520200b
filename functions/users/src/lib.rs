//! The functions of users, one module each. Written by `cargo xtask generate`.

pub use users::model;

pub mod add_certificate;
pub mod add_portfolio_item;
pub mod add_skill;
pub mod add_work_history_entry;
pub mod change_certificate;
pub mod change_portfolio_item;
pub mod change_skill;
pub mod change_work_history_entry;
pub mod expire_certificates;
pub mod get_availability;
pub mod get_certificate;
pub mod get_portfolio_item;
pub mod get_shared_certificate;
pub mod get_skill;
pub mod get_work_history_entry;
pub mod get_worker;
pub mod get_worker_completeness;
pub mod index_workers;
pub mod keep_workers;
pub mod list_certificates;
pub mod list_portfolio;
pub mod list_skills;
pub mod list_work_history;
pub mod relay_users;
pub mod remove_certificate;
pub mod remove_portfolio_item;
pub mod remove_skill;
pub mod remove_work_history_entry;
pub mod replace_skills;
pub mod resume_workers;
pub mod search_workers;
pub mod set_availability;
pub mod share_certificate;
pub mod sweep_users;
pub mod unshare_certificate;
pub mod update_worker;
pub mod users_health;
pub mod users_not_found;
pub mod verify_certificate;
pub mod verify_skill;

/// What each function is, for the generator and the tests.
pub fn functions() -> Vec<platform::Described> {
    vec![
        platform::describe("relay-users", &relay_users::relay()),
        platform::describe("sweep-users", &sweep_users::schedule()),
        platform::describe("users-health", &users_health::endpoint()),
        platform::describe("users-not-found", &users_not_found::endpoint()),
    ]
}
