//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("validate-promo", payments_functions::validate_promo::endpoint())
}
