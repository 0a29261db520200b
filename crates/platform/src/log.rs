//! The one log line of an invocation, with its metrics in the embedded metric format.
//!
//! `docs/logging.md` lists the fields and what is never logged. The line goes to stderr.

use std::io::Write;
use std::time::Instant;

use serde_json::{Map, Value, json};

use crate::{config, invocation};

/// The line of one invocation; it is written when it is dropped, so a panic leaves a line too.
pub struct Line {
    started: Instant,
    fields: Map<String, Value>,
    metrics: Vec<(&'static str, &'static str)>,
}

impl Line {
    pub fn begin(function: &str) -> Self {
        let mut line = Self { started: Instant::now(), fields: Map::new(), metrics: Vec::new() };
        line.set("function.name", function);
        line.set("service.name", config::context());
        line.set("service.version", config::version());
        line.set("deployment.stage", config::stage());
        // Whatever ends the invocation on its own overwrites this.
        line.set("outcome", "panic");
        line
    }

    /// Sets a field: dotted name, unit at its end (`duration_ms`), never anything personal or secret.
    pub fn set(&mut self, field: &str, value: impl Into<Value>) {
        self.fields.insert(field.to_owned(), value.into());
    }

    /// Counts or measures something for CloudWatch; `unit` is one of CloudWatch's.
    pub fn metric(&mut self, name: &'static str, unit: &'static str, value: impl Into<Value>) {
        if !self.fields.contains_key(name) {
            self.metrics.push((name, unit));
        }
        self.set(name, value);
    }

    /// How it ended: `ok`, or the code of a problem.
    pub fn outcome(&mut self, outcome: &str) {
        self.set("outcome", outcome);
    }

    /// What only the operator may read.
    pub fn cause(&mut self, cause: &str) {
        self.set("error.cause", cause);
    }

    fn render(&mut self) -> String {
        let elapsed = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.set("time", kernel::time::now().to_string());
        self.set("aws.calls", invocation::aws_calls());
        self.metric("Duration", "Milliseconds", elapsed);
        let metrics: Vec<_> =
            self.metrics.iter().map(|(name, unit)| json!({"Name": name, "Unit": unit})).collect();
        self.set(
            "_aws",
            json!({
                "Timestamp": kernel::time::now().as_millisecond(),
                "CloudWatchMetrics": [{
                    "Namespace": "Caravan",
                    "Dimensions": [["deployment.stage", "service.name"]],
                    "Metrics": metrics,
                }],
            }),
        );
        Value::Object(std::mem::take(&mut self.fields)).to_string()
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let mut text = self.render();
        text.push('\n');
        // Nothing can be done about a closed stderr.
        let _ = std::io::stderr().write_all(text.as_bytes());
    }
}
