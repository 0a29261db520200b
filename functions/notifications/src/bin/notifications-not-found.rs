//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("notifications-not-found", notifications_functions::notifications_not_found::endpoint())
}
