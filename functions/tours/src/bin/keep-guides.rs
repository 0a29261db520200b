//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("keep-guides", tours_functions::keep_guides::consumer())
}
