//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("notify-people", notifications_functions::notify_people::consumer())
}
