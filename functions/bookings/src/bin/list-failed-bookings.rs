//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-failed-bookings", bookings_functions::list_failed_bookings::endpoint())
}
