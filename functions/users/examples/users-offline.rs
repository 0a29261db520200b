//! All functions of users in one binary, for the offline cloud: linking it takes seconds, linking each minutes.
//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    let name = std::env::args().nth(1).unwrap_or_default();
    match name.as_str() {
        "activate-user" => platform::run("activate-user", users_functions::activate_user::endpoint()),
        "add-address" => platform::run("add-address", users_functions::add_address::endpoint()),
        "add-certificate" => platform::run("add-certificate", users_functions::add_certificate::endpoint()),
        "add-portfolio-item" => {
            platform::run("add-portfolio-item", users_functions::add_portfolio_item::endpoint())
        }
        "add-skill" => platform::run("add-skill", users_functions::add_skill::endpoint()),
        "add-wish" => platform::run("add-wish", users_functions::add_wish::endpoint()),
        "add-work-history-entry" => {
            platform::run("add-work-history-entry", users_functions::add_work_history_entry::endpoint())
        }
        "block-user" => platform::run("block-user", users_functions::block_user::endpoint()),
        "change-address" => platform::run("change-address", users_functions::change_address::endpoint()),
        "change-certificate" => {
            platform::run("change-certificate", users_functions::change_certificate::endpoint())
        }
        "change-own-profile" => {
            platform::run("change-own-profile", users_functions::change_own_profile::endpoint())
        }
        "change-portfolio-item" => {
            platform::run("change-portfolio-item", users_functions::change_portfolio_item::endpoint())
        }
        "change-skill" => platform::run("change-skill", users_functions::change_skill::endpoint()),
        "change-user" => platform::run("change-user", users_functions::change_user::endpoint()),
        "change-work-history-entry" => {
            platform::run("change-work-history-entry", users_functions::change_work_history_entry::endpoint())
        }
        "collect-parts" => platform::run("collect-parts", users_functions::collect_parts::consumer()),
        "deactivate-user" => platform::run("deactivate-user", users_functions::deactivate_user::endpoint()),
        "delete-own-account" => {
            platform::run("delete-own-account", users_functions::delete_own_account::endpoint())
        }
        "delete-user" => platform::run("delete-user", users_functions::delete_user::endpoint()),
        "erase-users" => platform::run("erase-users", users_functions::erase_users::schedule()),
        "expire-certificates" => {
            platform::run("expire-certificates", users_functions::expire_certificates::schedule())
        }
        "export-users" => platform::run("export-users", users_functions::export_users::consumer()),
        "finish-exports" => platform::run("finish-exports", users_functions::finish_exports::schedule()),
        "get-activity" => platform::run("get-activity", users_functions::get_activity::endpoint()),
        "get-availability" => {
            platform::run("get-availability", users_functions::get_availability::endpoint())
        }
        "get-certificate" => platform::run("get-certificate", users_functions::get_certificate::endpoint()),
        "get-export" => platform::run("get-export", users_functions::get_export::endpoint()),
        "get-own-profile" => platform::run("get-own-profile", users_functions::get_own_profile::endpoint()),
        "get-photo" => platform::run("get-photo", users_functions::get_photo::endpoint()),
        "get-portfolio-item" => {
            platform::run("get-portfolio-item", users_functions::get_portfolio_item::endpoint())
        }
        "get-preferences" => platform::run("get-preferences", users_functions::get_preferences::endpoint()),
        "get-privacy" => platform::run("get-privacy", users_functions::get_privacy::endpoint()),
        "get-shared-certificate" => {
            platform::run("get-shared-certificate", users_functions::get_shared_certificate::endpoint())
        }
        "get-skill" => platform::run("get-skill", users_functions::get_skill::endpoint()),
        "get-user" => platform::run("get-user", users_functions::get_user::endpoint()),
        "get-user-stats" => platform::run("get-user-stats", users_functions::get_user_stats::endpoint()),
        "get-work-history-entry" => {
            platform::run("get-work-history-entry", users_functions::get_work_history_entry::endpoint())
        }
        "get-worker" => platform::run("get-worker", users_functions::get_worker::endpoint()),
        "get-worker-completeness" => {
            platform::run("get-worker-completeness", users_functions::get_worker_completeness::endpoint())
        }
        "index-workers" => platform::run("index-workers", users_functions::index_workers::consumer()),
        "keep-log-ins" => platform::run("keep-log-ins", users_functions::keep_log_ins::consumer()),
        "keep-profiles" => platform::run("keep-profiles", users_functions::keep_profiles::consumer()),
        "keep-workers" => platform::run("keep-workers", users_functions::keep_workers::consumer()),
        "list-addresses" => platform::run("list-addresses", users_functions::list_addresses::endpoint()),
        "list-blocks" => platform::run("list-blocks", users_functions::list_blocks::endpoint()),
        "list-certificates" => {
            platform::run("list-certificates", users_functions::list_certificates::endpoint())
        }
        "list-portfolio" => platform::run("list-portfolio", users_functions::list_portfolio::endpoint()),
        "list-skills" => platform::run("list-skills", users_functions::list_skills::endpoint()),
        "list-users" => platform::run("list-users", users_functions::list_users::endpoint()),
        "list-wishes" => platform::run("list-wishes", users_functions::list_wishes::endpoint()),
        "list-work-history" => {
            platform::run("list-work-history", users_functions::list_work_history::endpoint())
        }
        "process-photos" => platform::run("process-photos", users_functions::process_photos::consumer()),
        "relay-users" => platform::run("relay-users", users_functions::relay_users::relay()),
        "remove-address" => platform::run("remove-address", users_functions::remove_address::endpoint()),
        "remove-certificate" => {
            platform::run("remove-certificate", users_functions::remove_certificate::endpoint())
        }
        "remove-portfolio-item" => {
            platform::run("remove-portfolio-item", users_functions::remove_portfolio_item::endpoint())
        }
        "remove-skill" => platform::run("remove-skill", users_functions::remove_skill::endpoint()),
        "remove-wish" => platform::run("remove-wish", users_functions::remove_wish::endpoint()),
        "remove-work-history-entry" => {
            platform::run("remove-work-history-entry", users_functions::remove_work_history_entry::endpoint())
        }
        "replace-skills" => platform::run("replace-skills", users_functions::replace_skills::endpoint()),
        "replay-users" => platform::run("replay-users", users_functions::replay_users::replay()),
        "request-export" => platform::run("request-export", users_functions::request_export::endpoint()),
        "resume-workers" => platform::run("resume-workers", users_functions::resume_workers::schedule()),
        "search-workers" => platform::run("search-workers", users_functions::search_workers::endpoint()),
        "set-availability" => {
            platform::run("set-availability", users_functions::set_availability::endpoint())
        }
        "set-preferences" => platform::run("set-preferences", users_functions::set_preferences::endpoint()),
        "set-privacy" => platform::run("set-privacy", users_functions::set_privacy::endpoint()),
        "share-certificate" => {
            platform::run("share-certificate", users_functions::share_certificate::endpoint())
        }
        "sweep-users" => platform::run("sweep-users", users_functions::sweep_users::schedule()),
        "unblock-user" => platform::run("unblock-user", users_functions::unblock_user::endpoint()),
        "unshare-certificate" => {
            platform::run("unshare-certificate", users_functions::unshare_certificate::endpoint())
        }
        "update-worker" => platform::run("update-worker", users_functions::update_worker::endpoint()),
        "upload-photo" => platform::run("upload-photo", users_functions::upload_photo::endpoint()),
        "users-health" => platform::run("users-health", users_functions::users_health::endpoint()),
        "users-not-found" => platform::run("users-not-found", users_functions::users_not_found::endpoint()),
        "verify-certificate" => {
            platform::run("verify-certificate", users_functions::verify_certificate::endpoint())
        }
        "verify-skill" => platform::run("verify-skill", users_functions::verify_skill::endpoint()),
        _ => platform::no_such_function(&name),
    }
}
