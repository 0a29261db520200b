//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-problem", gateway_functions::get_problem::endpoint())
}
