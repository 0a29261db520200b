//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("register", identity_functions::register::endpoint())
}
