//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("set-booking-status", bookings_functions::set_booking_status::endpoint())
}
