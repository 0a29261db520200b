//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("preview-refund", bookings_functions::preview_refund::endpoint())
}
