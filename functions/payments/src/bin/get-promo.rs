//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-promo", payments_functions::get_promo::endpoint())
}
