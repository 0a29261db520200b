//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("finish-exports", users_functions::finish_exports::schedule())
}
