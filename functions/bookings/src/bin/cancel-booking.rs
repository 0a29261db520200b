//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("cancel-booking", bookings_functions::cancel_booking::endpoint())
}
