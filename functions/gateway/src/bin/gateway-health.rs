//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("gateway-health", gateway_functions::gateway_health::endpoint())
}
