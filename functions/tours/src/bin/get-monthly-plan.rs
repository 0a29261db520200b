//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-monthly-plan", tours_functions::get_monthly_plan::endpoint())
}
