//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("sweep-users", users_functions::sweep_users::schedule())
}
