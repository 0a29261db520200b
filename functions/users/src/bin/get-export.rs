//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-export", users_functions::get_export::endpoint())
}
