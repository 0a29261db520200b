//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-docs-file", gateway_functions::get_docs_file::endpoint())
}
