//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-work-history", users_functions::list_work_history::endpoint())
}
