//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-batch", bookings_functions::get_batch::endpoint())
}
