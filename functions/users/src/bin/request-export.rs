//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("request-export", users_functions::request_export::endpoint())
}
