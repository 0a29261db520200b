//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-wishes", users_functions::list_wishes::endpoint())
}
