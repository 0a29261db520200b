//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run(
        "list-notification-templates",
        notifications_functions::list_notification_templates::endpoint(),
    )
}
