//! The functions of users, one module each. Written by `cargo xtask generate`.

pub use users::model;

pub mod activate_user;
pub mod add_address;
pub mod add_certificate;
pub mod add_portfolio_item;
pub mod add_skill;
pub mod add_wish;
pub mod add_work_history_entry;
pub mod block_user;
pub mod change_address;
pub mod change_certificate;
pub mod change_own_profile;
pub mod change_portfolio_item;
pub mod change_skill;
pub mod change_user;
pub mod change_work_history_entry;
pub mod collect_parts;
pub mod deactivate_user;
pub mod delete_own_account;
pub mod delete_user;
pub mod erase_users;
pub mod expire_certificates;
pub mod export_users;
pub mod finish_exports;
pub mod get_activity;
pub mod get_availability;
pub mod get_certificate;
pub mod get_export;
pub mod get_own_profile;
pub mod get_photo;
pub mod get_portfolio_item;
pub mod get_preferences;
pub mod get_privacy;
pub mod get_shared_certificate;
pub mod get_skill;
pub mod get_user;
pub mod get_user_stats;
pub mod get_work_history_entry;
pub mod get_worker;
pub mod get_worker_completeness;
pub mod index_workers;
pub mod keep_log_ins;
pub mod keep_profiles;
pub mod keep_workers;
pub mod list_addresses;
pub mod list_blocks;
pub mod list_certificates;
pub mod list_portfolio;
pub mod list_skills;
pub mod list_users;
pub mod list_wishes;
pub mod list_work_history;
pub mod process_photos;
pub mod relay_users;
pub mod remove_address;
pub mod remove_certificate;
pub mod remove_portfolio_item;
pub mod remove_skill;
pub mod remove_wish;
pub mod remove_work_history_entry;
pub mod replace_skills;
pub mod replay_users;
pub mod request_export;
pub mod resume_workers;
pub mod search_workers;
pub mod set_availability;
pub mod set_preferences;
pub mod set_privacy;
pub mod share_certificate;
pub mod sweep_users;
pub mod unblock_user;
pub mod unshare_certificate;
pub mod update_worker;
pub mod upload_photo;
pub mod users_health;
pub mod users_not_found;
pub mod verify_certificate;
pub mod verify_skill;

/// What each function is, for the generator and the tests.
pub fn functions() -> Vec<platform::Described> {
    vec![
        platform::describe("activate-user", &activate_user::endpoint()),
        platform::describe("add-address", &add_address::endpoint()),
        platform::describe("add-certificate", &add_certificate::endpoint()),
        platform::describe("add-portfolio-item", &add_portfolio_item::endpoint()),
        platform::describe("add-skill", &add_skill::endpoint()),
        platform::describe("add-wish", &add_wish::endpoint()),
        platform::describe("add-work-history-entry", &add_work_history_entry::endpoint()),
        platform::describe("block-user", &block_user::endpoint()),
        platform::describe("change-address", &change_address::endpoint()),
        platform::describe("change-certificate", &change_certificate::endpoint()),
        platform::describe("change-own-profile", &change_own_profile::endpoint()),
        platform::describe("change-portfolio-item", &change_portfolio_item::endpoint()),
        platform::describe("change-skill", &change_skill::endpoint()),
        platform::describe("change-user", &change_user::endpoint()),
        platform::describe("change-work-history-entry", &change_work_history_entry::endpoint()),
        platform::describe("collect-parts", &collect_parts::consumer()),
        platform::describe("deactivate-user", &deactivate_user::endpoint()),
        platform::describe("delete-own-account", &delete_own_account::endpoint()),
        platform::describe("delete-user", &delete_user::endpoint()),
        platform::describe("erase-users", &erase_users::schedule()),
        platform::describe("expire-certificates", &expire_certificates::schedule()),
        platform::describe("export-users", &export_users::consumer()),
        platform::describe("finish-exports", &finish_exports::schedule()),
        platform::describe("get-activity", &get_activity::endpoint()),
        platform::describe("get-availability", &get_availability::endpoint()),
        platform::describe("get-certificate", &get_certificate::endpoint()),
        platform::describe("get-export", &get_export::endpoint()),
        platform::describe("get-own-profile", &get_own_profile::endpoint()),
        platform::describe("get-photo", &get_photo::endpoint()),
        platform::describe("get-portfolio-item", &get_portfolio_item::endpoint()),
        platform::describe("get-preferences", &get_preferences::endpoint()),
        platform::describe("get-privacy", &get_privacy::endpoint()),
        platform::describe("get-shared-certificate", &get_shared_certificate::endpoint()),
        platform::describe("get-skill", &get_skill::endpoint()),
        platform::describe("get-user", &get_user::endpoint()),
        platform::describe("get-user-stats", &get_user_stats::endpoint()),
        platform::describe("get-work-history-entry", &get_work_history_entry::endpoint()),
        platform::describe("get-worker", &get_worker::endpoint()),
        platform::describe("get-worker-completeness", &get_worker_completeness::endpoint()),
        platform::describe("index-workers", &index_workers::consumer()),
        platform::describe("keep-log-ins", &keep_log_ins::consumer()),
        platform::describe("keep-profiles", &keep_profiles::consumer()),
        platform::describe("keep-workers", &keep_workers::consumer()),
        platform::describe("list-addresses", &list_addresses::endpoint()),
        platform::describe("list-blocks", &list_blocks::endpoint()),
        platform::describe("list-certificates", &list_certificates::endpoint()),
        platform::describe("list-portfolio", &list_portfolio::endpoint()),
        platform::describe("list-skills", &list_skills::endpoint()),
        platform::describe("list-users", &list_users::endpoint()),
        platform::describe("list-wishes", &list_wishes::endpoint()),
        platform::describe("list-work-history", &list_work_history::endpoint()),
        platform::describe("process-photos", &process_photos::consumer()),
        platform::describe("relay-users", &relay_users::relay()),
        platform::describe("remove-address", &remove_address::endpoint()),
        platform::describe("remove-certificate", &remove_certificate::endpoint()),
        platform::describe("remove-portfolio-item", &remove_portfolio_item::endpoint()),
        platform::describe("remove-skill", &remove_skill::endpoint()),
        platform::describe("remove-wish", &remove_wish::endpoint()),
        platform::describe("remove-work-history-entry", &remove_work_history_entry::endpoint()),
        platform::describe("replace-skills", &replace_skills::endpoint()),
        platform::describe("replay-users", &replay_users::replay()),
        platform::describe("request-export", &request_export::endpoint()),
        platform::describe("resume-workers", &resume_workers::schedule()),
        platform::describe("search-workers", &search_workers::endpoint()),
        platform::describe("set-availability", &set_availability::endpoint()),
        platform::describe("set-preferences", &set_preferences::endpoint()),
        platform::describe("set-privacy", &set_privacy::endpoint()),
        platform::describe("share-certificate", &share_certificate::endpoint()),
        platform::describe("sweep-users", &sweep_users::schedule()),
        platform::describe("unblock-user", &unblock_user::endpoint()),
        platform::describe("unshare-certificate", &unshare_certificate::endpoint()),
        platform::describe("update-worker", &update_worker::endpoint()),
        platform::describe("upload-photo", &upload_photo::endpoint()),
        platform::describe("users-health", &users_health::endpoint()),
        platform::describe("users-not-found", &users_not_found::endpoint()),
        platform::describe("verify-certificate", &verify_certificate::endpoint()),
        platform::describe("verify-skill", &verify_skill::endpoint()),
    ]
}
