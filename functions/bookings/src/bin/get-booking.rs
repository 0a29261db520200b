//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-booking", bookings_functions::get_booking::endpoint())
}
