//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("mark-partial-complete", bookings_functions::mark_partial_complete::endpoint())
}
