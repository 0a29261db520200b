//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-certificate", users_functions::get_certificate::endpoint())
}
