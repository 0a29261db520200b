//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("end-session", identity_functions::end_session::endpoint())
}
