//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-preferences", users_functions::get_preferences::endpoint())
}
