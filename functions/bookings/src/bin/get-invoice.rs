//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-invoice", bookings_functions::get_invoice::endpoint())
}
