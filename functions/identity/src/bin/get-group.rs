//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-group", identity_functions::get_group::endpoint())
}
