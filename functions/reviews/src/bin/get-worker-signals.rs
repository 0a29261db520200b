//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-worker-signals", reviews_functions::get_worker_signals::endpoint())
}
