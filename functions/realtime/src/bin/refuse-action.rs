//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("refuse-action", realtime_functions::refuse_action::socket())
}
