//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("follow-ratings", tours_functions::follow_ratings::consumer())
}
