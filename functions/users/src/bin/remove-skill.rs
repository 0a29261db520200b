//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("remove-skill", users_functions::remove_skill::endpoint())
}
