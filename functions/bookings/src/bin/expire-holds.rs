//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("expire-holds", bookings_functions::expire_holds::schedule())
}
