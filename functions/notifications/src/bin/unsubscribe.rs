//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("unsubscribe", notifications_functions::unsubscribe::endpoint())
}
