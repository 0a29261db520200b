//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("notifications-health", notifications_functions::notifications_health::endpoint())
}
