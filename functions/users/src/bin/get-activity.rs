//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-activity", users_functions::get_activity::endpoint())
}
