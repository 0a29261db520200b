//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("request-code", identity_functions::request_code::endpoint())
}
