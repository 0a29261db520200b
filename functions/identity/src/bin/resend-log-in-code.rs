//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("resend-log-in-code", identity_functions::resend_log_in_code::endpoint())
}
