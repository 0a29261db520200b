//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("remove-portfolio-item", users_functions::remove_portfolio_item::endpoint())
}
