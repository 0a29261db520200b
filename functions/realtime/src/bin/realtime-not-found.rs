//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("realtime-not-found", realtime_functions::realtime_not_found::endpoint())
}
