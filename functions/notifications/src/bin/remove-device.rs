//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("remove-device", notifications_functions::remove_device::endpoint())
}
