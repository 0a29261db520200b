//! All functions of notifications in one binary, for the offline cloud: linking it takes seconds, linking each minutes.
//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    let name = std::env::args().nth(1).unwrap_or_default();
    match name.as_str() {
        "add-device" => platform::run("add-device", notifications_functions::add_device::endpoint()),
        "ask-unsubscribe" => {
            platform::run("ask-unsubscribe", notifications_functions::ask_unsubscribe::endpoint())
        }
        "count-unread" => platform::run("count-unread", notifications_functions::count_unread::endpoint()),
        "create-broadcast" => {
            platform::run("create-broadcast", notifications_functions::create_broadcast::endpoint())
        }
        "delete-all-notifications" => platform::run(
            "delete-all-notifications",
            notifications_functions::delete_all_notifications::endpoint(),
        ),
        "delete-notification" => {
            platform::run("delete-notification", notifications_functions::delete_notification::endpoint())
        }
        "erase-recipients" => {
            platform::run("erase-recipients", notifications_functions::erase_recipients::consumer())
        }
        "export-recipients" => {
            platform::run("export-recipients", notifications_functions::export_recipients::consumer())
        }
        "fan-out-broadcast" => {
            platform::run("fan-out-broadcast", notifications_functions::fan_out_broadcast::consumer())
        }
        "get-notification-preferences" => platform::run(
            "get-notification-preferences",
            notifications_functions::get_notification_preferences::endpoint(),
        ),
        "get-notification-template" => platform::run(
            "get-notification-template",
            notifications_functions::get_notification_template::endpoint(),
        ),
        "keep-presence" => platform::run("keep-presence", notifications_functions::keep_presence::consumer()),
        "keep-recipients" => {
            platform::run("keep-recipients", notifications_functions::keep_recipients::consumer())
        }
        "list-devices" => platform::run("list-devices", notifications_functions::list_devices::endpoint()),
        "list-mails" => platform::run("list-mails", notifications_functions::list_mails::endpoint()),
        "list-notification-templates" => platform::run(
            "list-notification-templates",
            notifications_functions::list_notification_templates::endpoint(),
        ),
        "list-notifications" => {
            platform::run("list-notifications", notifications_functions::list_notifications::endpoint())
        }
        "notifications-health" => {
            platform::run("notifications-health", notifications_functions::notifications_health::endpoint())
        }
        "notifications-not-found" => platform::run(
            "notifications-not-found",
            notifications_functions::notifications_not_found::endpoint(),
        ),
        "notify-people" => platform::run("notify-people", notifications_functions::notify_people::consumer()),
        "preview-notification-template" => platform::run(
            "preview-notification-template",
            notifications_functions::preview_notification_template::endpoint(),
        ),
        "read-all-notifications" => platform::run(
            "read-all-notifications",
            notifications_functions::read_all_notifications::endpoint(),
        ),
        "read-notification" => {
            platform::run("read-notification", notifications_functions::read_notification::endpoint())
        }
        "relay-notifications" => {
            platform::run("relay-notifications", notifications_functions::relay_notifications::relay())
        }
        "release-deferred" => {
            platform::run("release-deferred", notifications_functions::release_deferred::schedule())
        }
        "remove-device" => platform::run("remove-device", notifications_functions::remove_device::endpoint()),
        "resend-mail" => platform::run("resend-mail", notifications_functions::resend_mail::endpoint()),
        "send-digests" => platform::run("send-digests", notifications_functions::send_digests::schedule()),
        "send-mail" => platform::run("send-mail", notifications_functions::send_mail::consumer()),
        "send-push" => platform::run("send-push", notifications_functions::send_push::consumer()),
        "send-requested" => {
            platform::run("send-requested", notifications_functions::send_requested::consumer())
        }
        "send-text" => platform::run("send-text", notifications_functions::send_text::consumer()),
        "set-notification-preferences" => platform::run(
            "set-notification-preferences",
            notifications_functions::set_notification_preferences::endpoint(),
        ),
        "set-notification-template" => platform::run(
            "set-notification-template",
            notifications_functions::set_notification_template::endpoint(),
        ),
        "suppress-addresses" => {
            platform::run("suppress-addresses", notifications_functions::suppress_addresses::consumer())
        }
        "sweep-notifications" => {
            platform::run("sweep-notifications", notifications_functions::sweep_notifications::schedule())
        }
        "tidy-inbox" => platform::run("tidy-inbox", notifications_functions::tidy_inbox::consumer()),
        "unsubscribe" => platform::run("unsubscribe", notifications_functions::unsubscribe::endpoint()),
        _ => platform::no_such_function(&name),
    }
}
