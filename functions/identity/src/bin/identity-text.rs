//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("identity-text", identity_functions::identity_text::consumer())
}
