//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-own-bookings", bookings_functions::list_own_bookings::endpoint())
}
