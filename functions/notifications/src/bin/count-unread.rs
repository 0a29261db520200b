//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("count-unread", notifications_functions::count_unread::endpoint())
}
