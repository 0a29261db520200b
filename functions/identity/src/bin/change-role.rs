//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("change-role", identity_functions::change_role::endpoint())
}
