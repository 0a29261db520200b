//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("export-bookings", bookings_functions::export_bookings::endpoint())
}
