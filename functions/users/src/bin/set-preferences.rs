//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("set-preferences", users_functions::set_preferences::endpoint())
}
