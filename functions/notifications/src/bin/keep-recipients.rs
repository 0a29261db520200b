//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("keep-recipients", notifications_functions::keep_recipients::consumer())
}
