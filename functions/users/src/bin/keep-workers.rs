//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("keep-workers", users_functions::keep_workers::consumer())
}
