//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("close-connection", realtime_functions::close_connection::socket())
}
