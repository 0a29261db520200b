//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-fees", payments_functions::list_fees::endpoint())
}
