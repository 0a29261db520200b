//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("read-all-notifications", notifications_functions::read_all_notifications::endpoint())
}
