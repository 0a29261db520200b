//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("delete-booking", bookings_functions::delete_booking::endpoint())
}
