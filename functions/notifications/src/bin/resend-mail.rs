//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("resend-mail", notifications_functions::resend_mail::endpoint())
}
