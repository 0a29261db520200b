//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("verify-certificate", users_functions::verify_certificate::endpoint())
}
