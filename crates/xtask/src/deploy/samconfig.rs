//! What samconfig.toml says of a stage and a command line of ours has to know.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use toml::{Table, Value};

use crate::project;

/// The deploy parameters of one stage.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Config {
    pub region: Option<String>,
    pub s3_bucket: Option<String>,
    /// Template parameters: an override on the command line replaces the file's whole list, so ours
    /// has to repeat them.
    pub parameters: BTreeMap<String, String>,
}

/// Reads a stage's section.
pub fn read(stage: &str) -> Result<Config> {
    let text = std::fs::read_to_string(project::root().join("samconfig.toml")).context("samconfig.toml")?;
    parse(&text, stage).context("samconfig.toml")
}

fn parse(text: &str, stage: &str) -> Result<Config> {
    let root: Table = text.parse()?;
    let deploy = |key: &str| root.get(stage)?.get("deploy")?.get("parameters")?.get(key);
    let text = |key: &str| deploy(key).and_then(Value::as_str).map(str::to_owned);
    Ok(Config {
        region: text("region"),
        s3_bucket: text("s3_bucket"),
        parameters: deploy("parameter_overrides").map(parameters).unwrap_or_default(),
    })
}

/// SAM takes a list of `Name=value`, one string of them, or a table.
fn parameters(value: &Value) -> BTreeMap<String, String> {
    let pair = |text: &str| {
        let (name, value) = text.split_once('=')?;
        Some((name.to_owned(), value.trim_matches('"').to_owned()))
    };
    match value {
        Value::String(text) => text.split_whitespace().filter_map(pair).collect(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).filter_map(pair).collect(),
        Value::Table(table) => table
            .iter()
            .map(|(name, value)| {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                (name.clone(), text)
            })
            .collect(),
        _ => BTreeMap::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_overrides_is_read() {
        for form in ["'A=1 B=\"x\"'", "['A=1', 'B=x']", "{A = 1, B = 'x'}"] {
            let text = format!("[s.deploy.parameters]\ns3_bucket = 'b'\nparameter_overrides = {form}\n");
            let config = parse(&text, "s").unwrap();
            assert_eq!(config.parameters, [("A".into(), "1".into()), ("B".into(), "x".into())].into());
            assert_eq!(config.s3_bucket.as_deref(), Some("b"));
        }
        assert_eq!(parse("", "s").unwrap(), Config::default());
    }
}
