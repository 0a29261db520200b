//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("import-tours", tours_functions::import_tours::endpoint())
}
