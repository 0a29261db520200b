//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("add-address", users_functions::add_address::endpoint())
}
