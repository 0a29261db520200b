//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-own-profile", users_functions::get_own_profile::endpoint())
}
