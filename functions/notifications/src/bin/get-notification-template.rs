//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-notification-template", notifications_functions::get_notification_template::endpoint())
}
