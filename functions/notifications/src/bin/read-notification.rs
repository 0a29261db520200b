//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("read-notification", notifications_functions::read_notification::endpoint())
}
