//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("process-images", tours_functions::process_images::consumer())
}
