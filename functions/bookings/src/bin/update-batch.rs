//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("update-batch", bookings_functions::update_batch::endpoint())
}
