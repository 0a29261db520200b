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
        platform::describe("add-certificate", &add_certificate::endpoint()),
        platform::describe("add-portfolio-item", &add_portfolio_item::endpoint()),
        platform::describe("add-skill", &add_skill::endpoint()),
        platform::describe("add-work-history-entry", &add_work_history_entry::endpoint()),
        platform::describe("change-certificate", &change_certificate::endpoint()),
        platform::describe("change-portfolio-item", &change_portfolio_item::endpoint()),
        platform::describe("change-skill", &change_skill::endpoint()),
        platform::describe("change-work-history-entry", &change_work_history_entry::endpoint()),
        platform::describe("expire-certificates", &expire_certificates::schedule()),
        platform::describe("get-availability", &get_availability::endpoint()),
        platform::describe("get-certificate", &get_certificate::endpoint()),
        platform::describe("get-portfolio-item", &get_portfolio_item::endpoint()),
        platform::describe("get-shared-certificate", &get_shared_certificate::endpoint()),
        platform::describe("get-skill", &get_skill::endpoint()),
        platform::describe("get-work-history-entry", &get_work_history_entry::endpoint()),
        platform::describe("get-worker", &get_worker::endpoint()),
        platform::describe("get-worker-completeness", &get_worker_completeness::endpoint()),
        platform::describe("index-workers", &index_workers::consumer()),
        platform::describe("keep-workers", &keep_workers::consumer()),
        platform::describe("list-certificates", &list_certificates::endpoint()),
        platform::describe("list-portfolio", &list_portfolio::endpoint()),
        platform::describe("list-skills", &list_skills::endpoint()),
        platform::describe("list-work-history", &list_work_history::endpoint()),
        platform::describe("relay-users", &relay_users::relay()),
        platform::describe("remove-certificate", &remove_certificate::endpoint()),
        platform::describe("remove-portfolio-item", &remove_portfolio_item::endpoint()),
        platform::describe("remove-skill", &remove_skill::endpoint()),
        platform::describe("remove-work-history-entry", &remove_work_history_entry::endpoint()),
        platform::describe("replace-skills", &replace_skills::endpoint()),
        platform::describe("resume-workers", &resume_workers::schedule()),
        platform::describe("search-workers", &search_workers::endpoint()),
        platform::describe("set-availability", &set_availability::endpoint()),
        platform::describe("share-certificate", &share_certificate::endpoint()),
        platform::describe("sweep-users", &sweep_users::schedule()),
        platform::describe("unshare-certificate", &unshare_certificate::endpoint()),
        platform::describe("update-worker", &update_worker::endpoint()),
        platform::describe("users-health", &users_health::endpoint()),
        platform::describe("users-not-found", &users_not_found::endpoint()),
        platform::describe("verify-certificate", &verify_certificate::endpoint()),
        platform::describe("verify-skill", &verify_skill::endpoint()),
    ]
}
