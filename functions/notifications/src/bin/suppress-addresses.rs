//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("suppress-addresses", notifications_functions::suppress_addresses::consumer())
}
