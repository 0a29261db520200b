//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-portfolio-item", users_functions::get_portfolio_item::endpoint())
}
