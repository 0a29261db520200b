//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("expire-certificates", users_functions::expire_certificates::schedule())
}
