//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("collect-parts", users_functions::collect_parts::consumer())
}
