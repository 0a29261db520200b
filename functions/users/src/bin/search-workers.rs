//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("search-workers", users_functions::search_workers::endpoint())
}
