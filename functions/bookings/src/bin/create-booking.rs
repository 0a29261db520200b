//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("create-booking", bookings_functions::create_booking::endpoint())
}
