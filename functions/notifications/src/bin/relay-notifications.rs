//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("relay-notifications", notifications_functions::relay_notifications::relay())
}
