//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("relay-tours", tours_functions::relay_tours::relay())
}
