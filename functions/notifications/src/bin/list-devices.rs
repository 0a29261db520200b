//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-devices", notifications_functions::list_devices::endpoint())
}
