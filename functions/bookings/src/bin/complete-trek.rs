//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("complete-trek", bookings_functions::complete_trek::endpoint())
}
