//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("send-mail", notifications_functions::send_mail::consumer())
}
