//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("sweep-realtime", realtime_functions::sweep_realtime::schedule())
}
