//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-trek-performance", bookings_functions::get_trek_performance::endpoint())
}
