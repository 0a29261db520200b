//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("follow-catalogue", bookings_functions::follow_catalogue::consumer())
}
