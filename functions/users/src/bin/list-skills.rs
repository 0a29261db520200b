//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-skills", users_functions::list_skills::endpoint())
}
