//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-services", gateway_functions::get_services::endpoint())
}
