//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-portfolio", users_functions::list_portfolio::endpoint())
}
