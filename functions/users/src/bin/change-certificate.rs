//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("change-certificate", users_functions::change_certificate::endpoint())
}
