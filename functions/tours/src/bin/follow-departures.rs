//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("follow-departures", tours_functions::follow_departures::consumer())
}
