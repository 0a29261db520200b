//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("set-batch-status", bookings_functions::set_batch_status::endpoint())
}
