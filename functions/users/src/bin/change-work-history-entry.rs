//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("change-work-history-entry", users_functions::change_work_history_entry::endpoint())
}
