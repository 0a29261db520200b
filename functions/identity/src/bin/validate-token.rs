//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("validate-token", identity_functions::validate_token::endpoint())
}
