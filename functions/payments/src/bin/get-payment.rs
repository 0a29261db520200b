//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-payment", payments_functions::get_payment::endpoint())
}
