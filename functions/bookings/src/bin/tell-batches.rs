//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("tell-batches", bookings_functions::tell_batches::consumer())
}
