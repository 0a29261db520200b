//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("change-skill", users_functions::change_skill::endpoint())
}
