//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("sweep-bookings", bookings_functions::sweep_bookings::schedule())
}
