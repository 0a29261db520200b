//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-availability", users_functions::get_availability::endpoint())
}
