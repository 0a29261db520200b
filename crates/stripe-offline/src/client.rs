//! A client for tests, which pays as a browser does.

use std::io;

use serde_json::Value;

use crate::upstream::agent;

/// Sends a form and waits; answers the status and the body, which is null when it is no JSON. Redirects are not
/// followed.
pub fn post(base: &str, path: &str, form: &[(String, String)]) -> io::Result<(u16, Value)> {
    let pairs = form.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let answer = agent().post(format!("{base}{path}")).send_form(pairs);
    let mut answer = answer.map_err(io::Error::other)?;
    let text = answer.body_mut().read_to_string().map_err(io::Error::other)?;
    Ok((answer.status().as_u16(), serde_json::from_str(&text).unwrap_or_default()))
}
