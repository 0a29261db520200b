//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("add-portfolio-item", users_functions::add_portfolio_item::endpoint())
}
