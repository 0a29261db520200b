//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("delete-promo", payments_functions::delete_promo::endpoint())
}
