//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("keep-profiles", users_functions::keep_profiles::consumer())
}
