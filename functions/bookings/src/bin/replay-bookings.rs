//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("replay-bookings", bookings_functions::replay_bookings::replay())
}
