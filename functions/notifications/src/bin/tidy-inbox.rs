//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("tidy-inbox", notifications_functions::tidy_inbox::consumer())
}
