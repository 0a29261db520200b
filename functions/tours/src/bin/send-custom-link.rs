//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("send-custom-link", tours_functions::send_custom_link::endpoint())
}
