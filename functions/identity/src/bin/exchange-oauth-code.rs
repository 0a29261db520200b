//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("exchange-oauth-code", identity_functions::exchange_oauth_code::endpoint())
}
