//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("send-push", notifications_functions::send_push::consumer())
}
