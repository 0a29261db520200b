//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    platform::run("answer-request", bookings_functions::answer_request::endpoint())
}
