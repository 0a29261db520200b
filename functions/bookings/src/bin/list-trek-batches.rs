//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-trek-batches", bookings_functions::list_trek_batches::endpoint())
}
