//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("get-work-history-entry", users_functions::get_work_history_entry::endpoint())
}
