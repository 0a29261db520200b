//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("remind-bookers", bookings_functions::remind_bookers::schedule())
}
