//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("sweep-tours", tours_functions::sweep_tours::schedule())
}
