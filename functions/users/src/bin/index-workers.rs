//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("index-workers", users_functions::index_workers::consumer())
}
