//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("update-booking", bookings_functions::update_booking::endpoint())
}
