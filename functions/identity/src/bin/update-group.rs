//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("update-group", identity_functions::update_group::endpoint())
}
