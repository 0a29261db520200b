//! Configuration comes from the environment and only from there.

use crate::StartError;

/// A setting that must be there.
pub fn required(name: &str) -> Result<String, StartError> {
    optional(name).ok_or_else(|| {
        format!("the environment variable {name} is not set: grant it in the function's description").into()
    })
}

/// A setting that may be absent; empty means absent.
pub fn optional(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// `local`, `staging` or `production`.
pub fn stage() -> String {
    optional("STAGE").unwrap_or_else(|| "local".into())
}

/// The deployed version: a commit id.
pub fn version() -> String {
    optional("VERSION").unwrap_or_else(|| "development".into())
}

/// The bounded context that the function belongs to.
pub fn context() -> String {
    optional("CONTEXT").unwrap_or_else(|| "none".into())
}

/// The front door's address, without a slash at the end.
pub fn public_url() -> Result<String, StartError> {
    required("PUBLIC_URL")
}
