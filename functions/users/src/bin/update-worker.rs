//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("update-worker", users_functions::update_worker::endpoint())
}
