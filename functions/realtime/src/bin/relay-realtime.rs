//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("relay-realtime", realtime_functions::relay_realtime::relay())
}
