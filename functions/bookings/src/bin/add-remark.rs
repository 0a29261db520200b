//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("add-remark", bookings_functions::add_remark::endpoint())
}
