//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("add-wish", users_functions::add_wish::endpoint())
}
