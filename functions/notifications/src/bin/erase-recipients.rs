//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("erase-recipients", notifications_functions::erase_recipients::consumer())
}
