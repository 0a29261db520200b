//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("set-privacy", users_functions::set_privacy::endpoint())
}
