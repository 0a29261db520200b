//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-failed-booking", bookings_functions::get_failed_booking::endpoint())
}
