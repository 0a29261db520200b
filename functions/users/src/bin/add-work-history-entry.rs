//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("add-work-history-entry", users_functions::add_work_history_entry::endpoint())
}
