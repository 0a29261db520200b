//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("begin-oauth", identity_functions::begin_oauth::endpoint())
}
