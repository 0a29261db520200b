//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("users-health", users_functions::users_health::endpoint())
}
