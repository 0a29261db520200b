//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("bookings-not-found", bookings_functions::bookings_not_found::endpoint())
}
