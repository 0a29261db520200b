//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("restore-failed-booking", bookings_functions::restore_failed_booking::endpoint())
}
