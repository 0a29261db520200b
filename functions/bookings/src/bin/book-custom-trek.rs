//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("book-custom-trek", bookings_functions::book_custom_trek::endpoint())
}
