//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run(
        "set-notification-preferences",
        notifications_functions::set_notification_preferences::endpoint(),
    )
}
