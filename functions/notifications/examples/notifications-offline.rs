//! All functions of notifications in one binary, for the offline cloud: linking it takes seconds, linking each minutes.
//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    let name = std::env::args().nth(1).unwrap_or_default();
    match name.as_str() {
        "erase-recipients" => {
            platform::run("erase-recipients", notifications_functions::erase_recipients::consumer())
        }
        "export-recipients" => {
            platform::run("export-recipients", notifications_functions::export_recipients::consumer())
        }
        "keep-recipients" => {
            platform::run("keep-recipients", notifications_functions::keep_recipients::consumer())
        }
        "notifications-health" => {
            platform::run("notifications-health", notifications_functions::notifications_health::endpoint())
        }
        "notifications-not-found" => platform::run(
            "notifications-not-found",
            notifications_functions::notifications_not_found::endpoint(),
        ),
        "relay-notifications" => {
            platform::run("relay-notifications", notifications_functions::relay_notifications::relay())
        }
        "send-welcome-mail" => {
            platform::run("send-welcome-mail", notifications_functions::send_welcome_mail::consumer())
        }
        "sweep-notifications" => {
            platform::run("sweep-notifications", notifications_functions::sweep_notifications::schedule())
        }
        _ => platform::no_such_function(&name),
    }
}
