//! The log lines of functions, made short for a terminal.

use serde_json::{Map, Value};

/// Shown in this order; everything else of a line is for machines or already in the head.
const HEAD: [&str; 5] = ["time", "function.name", "outcome", "Duration", "request.id"];
const QUIET: [&str; 6] =
    ["_aws", "service.name", "service.version", "deployment.stage", "correlation.id", "aws.calls"];

/// One line for the terminal; `None` for what Lambda writes around each invocation.
pub fn short(group: &str, message: &str) -> Option<String> {
    let message = message.trim();
    let function = group.rsplit('/').next().unwrap_or(group);
    match serde_json::from_str::<Value>(message) {
        Ok(Value::Object(fields)) => Some(line(function, &fields)),
        _ if is_platform_line(message) => None,
        _ => Some(format!("         {function}  {message}")),
    }
}

fn line(function: &str, fields: &Map<String, Value>) -> String {
    let field = |name: &str| fields.get(name).map(plain).unwrap_or_default();
    let name = fields.get("function.name").and_then(Value::as_str).unwrap_or(function);
    let time = field("time");
    let clock = time.split_once('T').map_or("", |(_, clock)| clock.get(..8).unwrap_or(clock));
    let more: String = fields
        .iter()
        .filter(|(name, _)| !HEAD.contains(&name.as_str()) && !QUIET.contains(&name.as_str()))
        .map(|(name, value)| format!("  {name}={}", plain(value)))
        .collect();
    format!("{clock:8} {name}  {}  {} ms{more}", field("outcome"), field("Duration"))
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn is_platform_line(message: &str) -> bool {
    message.is_empty()
        || ["START RequestId:", "END RequestId:", "REPORT RequestId:", "INIT_START "]
            .iter()
            .any(|start| message.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_ours_is_short_and_lambdas_own_are_left_out() {
        let message = r#"{"time":"2026-01-02T03:04:05.6Z","function.name":"register","outcome":"ok","Duration":12,"http.route":"POST /x","_aws":{}}"#;
        assert_eq!(
            short("/aws/lambda/caravan-local-register", message).unwrap(),
            "03:04:05 register  ok  12 ms  http.route=POST /x"
        );
        assert_eq!(short("g", "REPORT RequestId: 1"), None);
        assert_eq!(short("/aws/lambda/f", "panicked").unwrap(), "         f  panicked");
    }
}
