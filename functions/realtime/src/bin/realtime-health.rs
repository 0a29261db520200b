//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("realtime-health", realtime_functions::realtime_health::endpoint())
}
