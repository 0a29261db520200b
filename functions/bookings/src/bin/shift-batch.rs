//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("shift-batch", bookings_functions::shift_batch::endpoint())
}
