//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("process-webhook", payments_functions::process_webhook::consumer())
}
