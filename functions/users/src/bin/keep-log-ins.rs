//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("keep-log-ins", users_functions::keep_log_ins::consumer())
}
