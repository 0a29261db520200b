//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-health", gateway_functions::get_health::endpoint())
}
