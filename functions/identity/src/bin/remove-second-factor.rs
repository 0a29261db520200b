//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("remove-second-factor", identity_functions::remove_second_factor::task())
}
