//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("process-photos", users_functions::process_photos::consumer())
}
