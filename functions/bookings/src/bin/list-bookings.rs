//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-bookings", bookings_functions::list_bookings::endpoint())
}
