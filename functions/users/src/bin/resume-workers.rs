//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("resume-workers", users_functions::resume_workers::schedule())
}
