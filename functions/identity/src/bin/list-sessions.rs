//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-sessions", identity_functions::list_sessions::endpoint())
}
