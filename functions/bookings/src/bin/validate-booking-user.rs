//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("validate-booking-user", bookings_functions::validate_booking_user::endpoint())
}
