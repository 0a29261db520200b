//! All functions of realtime in one binary, for the offline cloud: linking it takes seconds, linking each minutes.
//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    let name = std::env::args().nth(1).unwrap_or_default();
    match name.as_str() {
        "authorize-connect" => {
            platform::run("authorize-connect", realtime_functions::authorize_connect::authorizer())
        }
        "close-connection" => {
            platform::run("close-connection", realtime_functions::close_connection::socket())
        }
        "keep-alive" => platform::run("keep-alive", realtime_functions::keep_alive::socket()),
        "open-connection" => platform::run("open-connection", realtime_functions::open_connection::socket()),
        "realtime-health" => {
            platform::run("realtime-health", realtime_functions::realtime_health::endpoint())
        }
        "realtime-not-found" => {
            platform::run("realtime-not-found", realtime_functions::realtime_not_found::endpoint())
        }
        "refuse-action" => platform::run("refuse-action", realtime_functions::refuse_action::socket()),
        "relay-realtime" => platform::run("relay-realtime", realtime_functions::relay_realtime::relay()),
        "sweep-realtime" => platform::run("sweep-realtime", realtime_functions::sweep_realtime::schedule()),
        _ => platform::no_such_function(&name),
    }
}
