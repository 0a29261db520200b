//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-mails", notifications_functions::list_mails::endpoint())
}
