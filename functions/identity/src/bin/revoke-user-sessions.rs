//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("revoke-user-sessions", identity_functions::revoke_user_sessions::endpoint())
}
