//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("request-change", bookings_functions::request_change::endpoint())
}
