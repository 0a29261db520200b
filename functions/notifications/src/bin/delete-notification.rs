//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("delete-notification", notifications_functions::delete_notification::endpoint())
}
