//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("ask-unsubscribe", notifications_functions::ask_unsubscribe::endpoint())
}
