//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("open-checkout-session", bookings_functions::open_checkout_session::endpoint())
}
