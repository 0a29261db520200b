//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("create-group", identity_functions::create_group::endpoint())
}
