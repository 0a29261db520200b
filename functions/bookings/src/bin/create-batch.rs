//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("create-batch", bookings_functions::create_batch::endpoint())
}
