//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("create-manual-booking", bookings_functions::create_manual_booking::endpoint())
}
