//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-addresses", users_functions::list_addresses::endpoint())
}
