//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("users-not-found", users_functions::users_not_found::endpoint())
}
