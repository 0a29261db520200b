//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("set-notification-template", notifications_functions::set_notification_template::endpoint())
}
