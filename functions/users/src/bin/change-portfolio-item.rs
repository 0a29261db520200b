//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("change-portfolio-item", users_functions::change_portfolio_item::endpoint())
}
