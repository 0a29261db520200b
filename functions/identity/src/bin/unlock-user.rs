//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("unlock-user", identity_functions::unlock_user::endpoint())
}
