//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("unshare-certificate", users_functions::unshare_certificate::endpoint())
}
