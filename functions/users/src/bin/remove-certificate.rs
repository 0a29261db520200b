//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("remove-certificate", users_functions::remove_certificate::endpoint())
}
