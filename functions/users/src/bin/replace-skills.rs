//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("replace-skills", users_functions::replace_skills::endpoint())
}
