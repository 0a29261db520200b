//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("list-getaway-activities", tours_functions::list_getaway_activities::endpoint())
}
