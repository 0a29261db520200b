//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("send-digests", notifications_functions::send_digests::schedule())
}
