//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("follow-batches", bookings_functions::follow_batches::consumer())
}
