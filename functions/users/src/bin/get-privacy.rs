//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-privacy", users_functions::get_privacy::endpoint())
}
