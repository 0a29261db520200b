//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("export-failed-bookings", bookings_functions::export_failed_bookings::endpoint())
}
