//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("create-broadcast", notifications_functions::create_broadcast::endpoint())
}
