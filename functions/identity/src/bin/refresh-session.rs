//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("refresh-session", identity_functions::refresh_session::endpoint())
}
