//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-photo", users_functions::get_photo::endpoint())
}
