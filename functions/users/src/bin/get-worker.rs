//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-worker", users_functions::get_worker::endpoint())
}
