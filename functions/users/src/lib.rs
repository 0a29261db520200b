//! The functions of users, one module each. Written by `cargo xtask generate`.

pub use users::model;

pub mod activate_user;
pub mod add_address;
pub mod add_wish;
pub mod block_user;
pub mod change_address;
pub mod change_own_profile;
pub mod change_user;
pub mod collect_parts;
pub mod deactivate_user;
pub mod delete_own_account;
pub mod delete_user;
pub mod erase_users;
pub mod export_users;
pub mod finish_exports;
pub mod get_activity;
pub mod get_export;
pub mod get_own_profile;
pub mod get_photo;
pub mod get_preferences;
pub mod get_privacy;
pub mod get_user;
pub mod get_user_stats;
pub mod keep_log_ins;
pub mod keep_profiles;
pub mod list_addresses;
pub mod list_blocks;
pub mod list_users;
pub mod list_wishes;
pub mod process_photos;
pub mod relay_users;
pub mod remove_address;
pub mod remove_wish;
pub mod replay_users;
pub mod request_export;
pub mod set_preferences;
pub mod set_privacy;
pub mod sweep_users;
pub mod unblock_user;
pub mod upload_photo;
pub mod users_health;
pub mod users_not_found;

/// What each function is, for the generator and the tests.
pub fn functions() -> Vec<platform::Described> {
    vec![
        platform::describe("activate-user", &activate_user::endpoint()),
        platform::describe("add-address", &add_address::endpoint()),
        platform::describe("add-wish", &add_wish::endpoint()),
        platform::describe("block-user", &block_user::endpoint()),
        platform::describe("change-address", &change_address::endpoint()),
        platform::describe("change-own-profile", &change_own_profile::endpoint()),
        platform::describe("change-user", &change_user::endpoint()),
        platform::describe("collect-parts", &collect_parts::consumer()),
        platform::describe("deactivate-user", &deactivate_user::endpoint()),
        platform::describe("delete-own-account", &delete_own_account::endpoint()),
        platform::describe("delete-user", &delete_user::endpoint()),
        platform::describe("erase-users", &erase_users::schedule()),
        platform::describe("export-users", &export_users::consumer()),
        platform::describe("finish-exports", &finish_exports::schedule()),
        platform::describe("get-activity", &get_activity::endpoint()),
        platform::describe("get-export", &get_export::endpoint()),
        platform::describe("get-own-profile", &get_own_profile::endpoint()),
        platform::describe("get-photo", &get_photo::endpoint()),
        platform::describe("get-preferences", &get_preferences::endpoint()),
        platform::describe("get-privacy", &get_privacy::endpoint()),
        platform::describe("get-user", &get_user::endpoint()),
        platform::describe("get-user-stats", &get_user_stats::endpoint()),
        platform::describe("keep-log-ins", &keep_log_ins::consumer()),
        platform::describe("keep-profiles", &keep_profiles::consumer()),
        platform::describe("list-addresses", &list_addresses::endpoint()),
        platform::describe("list-blocks", &list_blocks::endpoint()),
        platform::describe("list-users", &list_users::endpoint()),
        platform::describe("list-wishes", &list_wishes::endpoint()),
        platform::describe("process-photos", &process_photos::consumer()),
        platform::describe("relay-users", &relay_users::relay()),
        platform::describe("remove-address", &remove_address::endpoint()),
        platform::describe("remove-wish", &remove_wish::endpoint()),
        platform::describe("replay-users", &replay_users::replay()),
        platform::describe("request-export", &request_export::endpoint()),
        platform::describe("set-preferences", &set_preferences::endpoint()),
        platform::describe("set-privacy", &set_privacy::endpoint()),
        platform::describe("sweep-users", &sweep_users::schedule()),
        platform::describe("unblock-user", &unblock_user::endpoint()),
        platform::describe("upload-photo", &upload_photo::endpoint()),
        platform::describe("users-health", &users_health::endpoint()),
        platform::describe("users-not-found", &users_not_found::endpoint()),
    ]
}
