//! All functions of gateway in one binary, for the offline cloud: linking it takes seconds, linking each minutes.
//! Written by `cargo xtask generate`.

fn main() -> platform::Exit {
    let name = std::env::args().nth(1).unwrap_or_default();
    match name.as_str() {
        "gateway-health" => platform::run("gateway-health", gateway_functions::gateway_health::endpoint()),
        "gateway-not-found" => {
            platform::run("gateway-not-found", gateway_functions::gateway_not_found::endpoint())
        }
        "get-docs" => platform::run("get-docs", gateway_functions::get_docs::endpoint()),
        "get-docs-file" => platform::run("get-docs-file", gateway_functions::get_docs_file::endpoint()),
        "get-health" => platform::run("get-health", gateway_functions::get_health::endpoint()),
        "get-openapi" => platform::run("get-openapi", gateway_functions::get_openapi::endpoint()),
        "get-problem" => platform::run("get-problem", gateway_functions::get_problem::endpoint()),
        "get-services" => platform::run("get-services", gateway_functions::get_services::endpoint()),
        _ => platform::no_such_function(&name),
    }
}
