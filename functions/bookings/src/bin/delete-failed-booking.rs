//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("delete-failed-booking", bookings_functions::delete_failed_booking::endpoint())
}
