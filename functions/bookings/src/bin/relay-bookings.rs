//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("relay-bookings", bookings_functions::relay_bookings::relay())
}
