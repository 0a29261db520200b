//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("authorize-connect", realtime_functions::authorize_connect::authorizer())
}
