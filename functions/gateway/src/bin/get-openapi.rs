//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-openapi", gateway_functions::get_openapi::endpoint())
}
