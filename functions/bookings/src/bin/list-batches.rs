//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-batches", bookings_functions::list_batches::endpoint())
}
