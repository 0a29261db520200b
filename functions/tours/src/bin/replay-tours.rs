//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("replay-tours", tours_functions::replay_tours::replay())
}
