//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("end-other-sessions", identity_functions::end_other_sessions::endpoint())
}
