//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("erase-travellers", tours_functions::erase_travellers::consumer())
}
