//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-docs", gateway_functions::get_docs::endpoint())
}
