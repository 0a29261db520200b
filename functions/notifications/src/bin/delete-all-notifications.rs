//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("delete-all-notifications", notifications_functions::delete_all_notifications::endpoint())
}
