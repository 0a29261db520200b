//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("follow-payments", bookings_functions::follow_payments::consumer())
}
