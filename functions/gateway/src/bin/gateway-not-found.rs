//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("gateway-not-found", gateway_functions::gateway_not_found::endpoint())
}
