//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("follow-trek-ratings", bookings_functions::follow_trek_ratings::consumer())
}
