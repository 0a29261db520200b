//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("send-requested", notifications_functions::send_requested::consumer())
}
