//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("export-bookers", bookings_functions::export_bookers::consumer())
}
