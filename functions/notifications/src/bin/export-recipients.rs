//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("export-recipients", notifications_functions::export_recipients::consumer())
}
