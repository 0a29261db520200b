//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("change-address", users_functions::change_address::endpoint())
}
