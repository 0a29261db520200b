//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("cancel-participant", bookings_functions::cancel_participant::endpoint())
}
