//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("change-password", identity_functions::change_password::endpoint())
}
