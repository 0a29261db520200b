//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("calculate-fees", payments_functions::calculate_fees::endpoint())
}
