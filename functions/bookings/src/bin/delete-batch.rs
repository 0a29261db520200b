//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("delete-batch", bookings_functions::delete_batch::endpoint())
}
