//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("create-booking-user", bookings_functions::create_booking_user::endpoint())
}
