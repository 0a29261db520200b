//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("release-deferred", notifications_functions::release_deferred::schedule())
}
