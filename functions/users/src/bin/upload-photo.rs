//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("upload-photo", users_functions::upload_photo::endpoint())
}
