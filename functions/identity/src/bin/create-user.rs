//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("create-user", identity_functions::create_user::consumer())
}
