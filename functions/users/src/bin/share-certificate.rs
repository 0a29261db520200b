//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("share-certificate", users_functions::share_certificate::endpoint())
}
