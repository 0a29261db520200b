//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("make-admin", identity_functions::make_admin::task())
}
