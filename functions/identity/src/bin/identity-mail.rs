//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("identity-mail", identity_functions::identity_mail::consumer())
}
