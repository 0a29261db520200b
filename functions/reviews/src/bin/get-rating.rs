//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-rating", reviews_functions::get_rating::endpoint())
}
