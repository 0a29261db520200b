//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("set-availability", users_functions::set_availability::endpoint())
}
