//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("keep-presence", notifications_functions::keep_presence::consumer())
}
