//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("relay-users", users_functions::relay_users::relay())
}
