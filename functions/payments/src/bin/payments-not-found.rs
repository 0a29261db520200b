//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("payments-not-found", payments_functions::payments_not_found::endpoint())
}
