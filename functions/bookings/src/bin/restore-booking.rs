//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("restore-booking", bookings_functions::restore_booking::endpoint())
}
