//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("verify-skill", users_functions::verify_skill::endpoint())
}
