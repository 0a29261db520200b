//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("add-skill", users_functions::add_skill::endpoint())
}
