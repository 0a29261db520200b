//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run(
        "get-notification-preferences",
        notifications_functions::get_notification_preferences::endpoint(),
    )
}
