//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("offer-getaway", tours_functions::offer_getaway::endpoint())
}
