//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("send-booking-mail", bookings_functions::send_booking_mail::endpoint())
}
