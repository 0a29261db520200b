//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("verify-email-page", identity_functions::verify_email_page::endpoint())
}
