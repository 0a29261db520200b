//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("remove-work-history-entry", users_functions::remove_work_history_entry::endpoint())
}
