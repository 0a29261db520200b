//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("fan-out-broadcast", notifications_functions::fan_out_broadcast::consumer())
}
