//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("follow-users", identity_functions::follow_users::consumer())
}
