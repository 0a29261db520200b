//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("change-group", identity_functions::change_group::endpoint())
}
