//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("remove-wish", users_functions::remove_wish::endpoint())
}
