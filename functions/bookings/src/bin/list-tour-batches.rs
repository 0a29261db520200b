//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-tour-batches", bookings_functions::list_tour_batches::endpoint())
}
