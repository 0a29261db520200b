//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("replay-users", users_functions::replay_users::replay())
}
