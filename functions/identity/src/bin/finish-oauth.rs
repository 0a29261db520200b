//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("finish-oauth", identity_functions::finish_oauth::endpoint())
}
