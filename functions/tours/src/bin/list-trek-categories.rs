//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-trek-categories", tours_functions::list_trek_categories::endpoint())
}
