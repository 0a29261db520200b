//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("follow-people", bookings_functions::follow_people::consumer())
}
