//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("open-connection", realtime_functions::open_connection::socket())
}
