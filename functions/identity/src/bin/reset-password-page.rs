//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("reset-password-page", identity_functions::reset_password_page::endpoint())
}
