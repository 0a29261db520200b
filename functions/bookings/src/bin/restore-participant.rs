//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("restore-participant", bookings_functions::restore_participant::endpoint())
}
