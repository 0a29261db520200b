//! All functions of identity in one binary, for the offline cloud: linking it takes seconds, linking each minutes.
//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    let name = std::env::args().nth(1).unwrap_or_default();
    match name.as_str() {
        "add-group-permission" => {
            platform::run("add-group-permission", identity_functions::add_group_permission::endpoint())
        }
        "begin-oauth" => platform::run("begin-oauth", identity_functions::begin_oauth::endpoint()),
        "change-group" => platform::run("change-group", identity_functions::change_group::endpoint()),
        "change-password" => {
            platform::run("change-password", identity_functions::change_password::endpoint())
        }
        "change-role" => platform::run("change-role", identity_functions::change_role::endpoint()),
        "confirm-identity" => {
            platform::run("confirm-identity", identity_functions::confirm_identity::endpoint())
        }
        "count-accounts" => platform::run("count-accounts", identity_functions::count_accounts::consumer()),
        "create-group" => platform::run("create-group", identity_functions::create_group::endpoint()),
        "create-user" => platform::run("create-user", identity_functions::create_user::consumer()),
        "deactivate-account" => {
            platform::run("deactivate-account", identity_functions::deactivate_account::endpoint())
        }
        "delete-group" => platform::run("delete-group", identity_functions::delete_group::endpoint()),
        "disable-mfa" => platform::run("disable-mfa", identity_functions::disable_mfa::endpoint()),
        "end-other-sessions" => {
            platform::run("end-other-sessions", identity_functions::end_other_sessions::endpoint())
        }
        "end-session" => platform::run("end-session", identity_functions::end_session::endpoint()),
        "exchange-oauth-code" => {
            platform::run("exchange-oauth-code", identity_functions::exchange_oauth_code::endpoint())
        }
        "export-accounts" => {
            platform::run("export-accounts", identity_functions::export_accounts::consumer())
        }
        "finish-oauth" => platform::run("finish-oauth", identity_functions::finish_oauth::endpoint()),
        "follow-users" => platform::run("follow-users", identity_functions::follow_users::consumer()),
        "forgot-password" => {
            platform::run("forgot-password", identity_functions::forgot_password::endpoint())
        }
        "get-group" => platform::run("get-group", identity_functions::get_group::endpoint()),
        "get-identity-stats" => {
            platform::run("get-identity-stats", identity_functions::get_identity_stats::endpoint())
        }
        "get-keys" => platform::run("get-keys", identity_functions::get_keys::endpoint()),
        "get-me" => platform::run("get-me", identity_functions::get_me::endpoint()),
        "guard-accounts" => platform::run("guard-accounts", identity_functions::guard_accounts::consumer()),
        "identity-health" => {
            platform::run("identity-health", identity_functions::identity_health::endpoint())
        }
        "identity-mail" => platform::run("identity-mail", identity_functions::identity_mail::consumer()),
        "identity-not-found" => {
            platform::run("identity-not-found", identity_functions::identity_not_found::endpoint())
        }
        "identity-text" => platform::run("identity-text", identity_functions::identity_text::consumer()),
        "import-users" => platform::run("import-users", identity_functions::import_users::endpoint()),
        "list-default-permissions" => platform::run(
            "list-default-permissions",
            identity_functions::list_default_permissions::endpoint(),
        ),
        "list-group-members" => {
            platform::run("list-group-members", identity_functions::list_group_members::endpoint())
        }
        "list-groups" => platform::run("list-groups", identity_functions::list_groups::endpoint()),
        "list-sessions" => platform::run("list-sessions", identity_functions::list_sessions::endpoint()),
        "log-in" => platform::run("log-in", identity_functions::log_in::endpoint()),
        "log-out" => platform::run("log-out", identity_functions::log_out::endpoint()),
        "make-admin" => platform::run("make-admin", identity_functions::make_admin::task()),
        "reactivate-account" => {
            platform::run("reactivate-account", identity_functions::reactivate_account::endpoint())
        }
        "refresh-session" => {
            platform::run("refresh-session", identity_functions::refresh_session::endpoint())
        }
        "register" => platform::run("register", identity_functions::register::endpoint()),
        "relay-identity" => platform::run("relay-identity", identity_functions::relay_identity::relay()),
        "remove-group-permission" => {
            platform::run("remove-group-permission", identity_functions::remove_group_permission::endpoint())
        }
        "remove-second-factor" => {
            platform::run("remove-second-factor", identity_functions::remove_second_factor::task())
        }
        "replay-identity" => platform::run("replay-identity", identity_functions::replay_identity::replay()),
        "request-code" => platform::run("request-code", identity_functions::request_code::endpoint()),
        "resend-log-in-code" => {
            platform::run("resend-log-in-code", identity_functions::resend_log_in_code::endpoint())
        }
        "resend-verification" => {
            platform::run("resend-verification", identity_functions::resend_verification::endpoint())
        }
        "reset-password" => platform::run("reset-password", identity_functions::reset_password::endpoint()),
        "reset-password-page" => {
            platform::run("reset-password-page", identity_functions::reset_password_page::endpoint())
        }
        "revoke-user-sessions" => {
            platform::run("revoke-user-sessions", identity_functions::revoke_user_sessions::endpoint())
        }
        "rotate-keys" => platform::run("rotate-keys", identity_functions::rotate_keys::schedule()),
        "rotate-keys-now" => platform::run("rotate-keys-now", identity_functions::rotate_keys_now::task()),
        "set-up-mfa" => platform::run("set-up-mfa", identity_functions::set_up_mfa::endpoint()),
        "sweep-identity" => platform::run("sweep-identity", identity_functions::sweep_identity::schedule()),
        "unlock-user" => platform::run("unlock-user", identity_functions::unlock_user::endpoint()),
        "update-group" => platform::run("update-group", identity_functions::update_group::endpoint()),
        "validate-token" => platform::run("validate-token", identity_functions::validate_token::endpoint()),
        "verify-code" => platform::run("verify-code", identity_functions::verify_code::endpoint()),
        "verify-email" => platform::run("verify-email", identity_functions::verify_email::endpoint()),
        "verify-email-page" => {
            platform::run("verify-email-page", identity_functions::verify_email_page::endpoint())
        }
        "verify-log-in" => platform::run("verify-log-in", identity_functions::verify_log_in::endpoint()),
        "verify-mfa" => platform::run("verify-mfa", identity_functions::verify_mfa::endpoint()),
        _ => platform::no_such_function(&name),
    }
}
