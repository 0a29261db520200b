//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("remove-address", users_functions::remove_address::endpoint())
}
