//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("add-certificate", users_functions::add_certificate::endpoint())
}
