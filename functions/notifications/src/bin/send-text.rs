//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("send-text", notifications_functions::send_text::consumer())
}
