//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("update-promo", payments_functions::update_promo::endpoint())
}
