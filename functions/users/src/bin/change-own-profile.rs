//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("change-own-profile", users_functions::change_own_profile::endpoint())
}
