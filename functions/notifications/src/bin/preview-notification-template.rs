//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run(
        "preview-notification-template",
        notifications_functions::preview_notification_template::endpoint(),
    )
}
