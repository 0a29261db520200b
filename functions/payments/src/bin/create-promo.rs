//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("create-promo", payments_functions::create_promo::endpoint())
}
