//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("sweep-notifications", notifications_functions::sweep_notifications::schedule())
}
