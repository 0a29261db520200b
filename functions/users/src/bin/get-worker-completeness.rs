//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-worker-completeness", users_functions::get_worker_completeness::endpoint())
}
