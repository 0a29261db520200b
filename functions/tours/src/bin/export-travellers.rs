//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("export-travellers", tours_functions::export_travellers::consumer())
}
