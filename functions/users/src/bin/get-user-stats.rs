//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-user-stats", users_functions::get_user_stats::endpoint())
}
