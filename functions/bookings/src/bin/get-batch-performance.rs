//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-batch-performance", bookings_functions::get_batch_performance::endpoint())
}
