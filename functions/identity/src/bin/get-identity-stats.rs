//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-identity-stats", identity_functions::get_identity_stats::endpoint())
}
