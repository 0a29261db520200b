//! The functions of identity, one module each. Written by `cargo xtask generate`.

pub use identity::model;

pub mod add_group_permission;
pub mod begin_oauth;
pub mod change_group;
pub mod change_password;
pub mod change_role;
pub mod confirm_identity;
pub mod count_accounts;
pub mod create_group;
pub mod create_user;
pub mod deactivate_account;
pub mod delete_group;
pub mod disable_mfa;
pub mod end_other_sessions;
pub mod end_session;
pub mod exchange_oauth_code;
pub mod export_accounts;
pub mod finish_oauth;
pub mod follow_users;
pub mod forgot_password;
pub mod get_group;
pub mod get_identity_stats;
pub mod get_keys;
pub mod get_me;
pub mod guard_accounts;
pub mod identity_health;
pub mod identity_mail;
pub mod identity_not_found;
pub mod identity_text;
pub mod import_users;
pub mod list_default_permissions;
pub mod list_group_members;
pub mod list_groups;
pub mod list_sessions;
pub mod log_in;
pub mod log_out;
pub mod make_admin;
pub mod reactivate_account;
pub mod refresh_session;
pub mod register;
pub mod relay_identity;
pub mod remove_group_permission;
pub mod remove_second_factor;
pub mod replay_identity;
pub mod request_code;
pub mod resend_log_in_code;
pub mod resend_verification;
pub mod reset_password;
pub mod reset_password_page;
pub mod revoke_user_sessions;
pub mod rotate_keys;
pub mod rotate_keys_now;
pub mod set_up_mfa;
pub mod sweep_identity;
pub mod unlock_user;
pub mod update_group;
pub mod validate_token;
pub mod verify_code;
pub mod verify_email;
pub mod verify_email_page;
pub mod verify_log_in;
pub mod verify_mfa;

/// What each function is, for the generator and the tests.
pub fn functions() -> Vec<platform::Described> {
    vec![
        platform::describe("add-group-permission", &add_group_permission::endpoint()),
        platform::describe("begin-oauth", &begin_oauth::endpoint()),
        platform::describe("change-group", &change_group::endpoint()),
        platform::describe("change-password", &change_password::endpoint()),
        platform::describe("change-role", &change_role::endpoint()),
        platform::describe("confirm-identity", &confirm_identity::endpoint()),
        platform::describe("count-accounts", &count_accounts::consumer()),
        platform::describe("create-group", &create_group::endpoint()),
        platform::describe("create-user", &create_user::consumer()),
        platform::describe("deactivate-account", &deactivate_account::endpoint()),
        platform::describe("delete-group", &delete_group::endpoint()),
        platform::describe("disable-mfa", &disable_mfa::endpoint()),
        platform::describe("end-other-sessions", &end_other_sessions::endpoint()),
        platform::describe("end-session", &end_session::endpoint()),
        platform::describe("exchange-oauth-code", &exchange_oauth_code::endpoint()),
        platform::describe("export-accounts", &export_accounts::consumer()),
        platform::describe("finish-oauth", &finish_oauth::endpoint()),
        platform::describe("follow-users", &follow_users::consumer()),
        platform::describe("forgot-password", &forgot_password::endpoint()),
        platform::describe("get-group", &get_group::endpoint()),
        platform::describe("get-identity-stats", &get_identity_stats::endpoint()),
        platform::describe("get-keys", &get_keys::endpoint()),
        platform::describe("get-me", &get_me::endpoint()),
        platform::describe("guard-accounts", &guard_accounts::consumer()),
        platform::describe("identity-health", &identity_health::endpoint()),
        platform::describe("identity-mail", &identity_mail::consumer()),
        platform::describe("identity-not-found", &identity_not_found::endpoint()),
        platform::describe("identity-text", &identity_text::consumer()),
        platform::describe("import-users", &import_users::endpoint()),
        platform::describe("list-default-permissions", &list_default_permissions::endpoint()),
        platform::describe("list-group-members", &list_group_members::endpoint()),
        platform::describe("list-groups", &list_groups::endpoint()),
        platform::describe("list-sessions", &list_sessions::endpoint()),
        platform::describe("log-in", &log_in::endpoint()),
        platform::describe("log-out", &log_out::endpoint()),
        platform::describe("make-admin", &make_admin::task()),
        platform::describe("reactivate-account", &reactivate_account::endpoint()),
        platform::describe("refresh-session", &refresh_session::endpoint()),
        platform::describe("register", &register::endpoint()),
        platform::describe("relay-identity", &relay_identity::relay()),
        platform::describe("remove-group-permission", &remove_group_permission::endpoint()),
        platform::describe("remove-second-factor", &remove_second_factor::task()),
        platform::describe("replay-identity", &replay_identity::replay()),
        platform::describe("request-code", &request_code::endpoint()),
        platform::describe("resend-log-in-code", &resend_log_in_code::endpoint()),
        platform::describe("resend-verification", &resend_verification::endpoint()),
        platform::describe("reset-password", &reset_password::endpoint()),
        platform::describe("reset-password-page", &reset_password_page::endpoint()),
        platform::describe("revoke-user-sessions", &revoke_user_sessions::endpoint()),
        platform::describe("rotate-keys", &rotate_keys::schedule()),
        platform::describe("rotate-keys-now", &rotate_keys_now::task()),
        platform::describe("set-up-mfa", &set_up_mfa::endpoint()),
        platform::describe("sweep-identity", &sweep_identity::schedule()),
        platform::describe("unlock-user", &unlock_user::endpoint()),
        platform::describe("update-group", &update_group::endpoint()),
        platform::describe("validate-token", &validate_token::endpoint()),
        platform::describe("verify-code", &verify_code::endpoint()),
        platform::describe("verify-email", &verify_email::endpoint()),
        platform::describe("verify-email-page", &verify_email_page::endpoint()),
        platform::describe("verify-log-in", &verify_log_in::endpoint()),
        platform::describe("verify-mfa", &verify_mfa::endpoint()),
    ]
}
