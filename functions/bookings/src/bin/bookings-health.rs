//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("bookings-health", bookings_functions::bookings_health::endpoint())
}
