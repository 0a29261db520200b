//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("name-participants", bookings_functions::name_participants::endpoint())
}
