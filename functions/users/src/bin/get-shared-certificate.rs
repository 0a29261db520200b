//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-shared-certificate", users_functions::get_shared_certificate::endpoint())
}
