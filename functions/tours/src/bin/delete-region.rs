//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("delete-region", tours_functions::delete_region::endpoint())
}
