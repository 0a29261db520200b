//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-skill", users_functions::get_skill::endpoint())
}
