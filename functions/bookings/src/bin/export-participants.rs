//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("export-participants", bookings_functions::export_participants::endpoint())
}
