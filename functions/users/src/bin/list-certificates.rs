//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-certificates", users_functions::list_certificates::endpoint())
}
