//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-promos", payments_functions::list_promos::endpoint())
}
