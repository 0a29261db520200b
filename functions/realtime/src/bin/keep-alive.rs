//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("keep-alive", realtime_functions::keep_alive::socket())
}
