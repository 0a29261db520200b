//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("add-device", notifications_functions::add_device::endpoint())
}
