//! The functions of gateway, one module each. Written by `cargo xtask generate`.

pub use gateway::model;

pub mod gateway_health;
pub mod gateway_not_found;
pub mod get_docs;
pub mod get_docs_file;
pub mod get_health;
pub mod get_openapi;
pub mod get_problem;
pub mod get_services;

/// What each function is, for the generator and the tests.
pub fn functions() -> Vec<platform::Described> {
    vec![
        platform::describe("gateway-health", &gateway_health::endpoint()),
        platform::describe("gateway-not-found", &gateway_not_found::endpoint()),
        platform::describe("get-docs", &get_docs::endpoint()),
        platform::describe("get-docs-file", &get_docs_file::endpoint()),
        platform::describe("get-health", &get_health::endpoint()),
        platform::describe("get-openapi", &get_openapi::endpoint()),
        platform::describe("get-problem", &get_problem::endpoint()),
        platform::describe("get-services", &get_services::endpoint()),
    ]
}
