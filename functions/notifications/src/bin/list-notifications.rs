//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-notifications", notifications_functions::list_notifications::endpoint())
}
