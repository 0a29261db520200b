//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("follow-bookings", tours_functions::follow_bookings::consumer())
}
