//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("send-welcome-mail", notifications_functions::send_welcome_mail::consumer())
}
