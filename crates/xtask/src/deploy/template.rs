//! The little that a deploy needs to know of a template.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde_yaml_ng::Value;

/// A template's text, parameters and functions.
pub struct Template {
    pub text: String,
    pub parameters: BTreeMap<String, Parameter>,
    /// Names of the functions whose zips it deploys.
    pub functions: Vec<String>,
}

/// A parameter as declared.
pub struct Parameter {
    /// `AWS::SSM::Parameter::Value<String>`: its value is the name of an SSM parameter.
    pub from_registry: bool,
    pub default: Option<String>,
}

impl Template {
    /// Reads it from a file.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        Self::parse(text).with_context(|| path.display().to_string())
    }

    fn parse(text: String) -> Result<Self> {
        let root: Value = serde_yaml_ng::from_str(&text)?;
        let parameters = entries(&root, "Parameters").map(|(name, value)| (name, parameter(value)));
        let functions = entries(&root, "Resources").filter_map(|(_, resource)| function(resource));
        Ok(Self { parameters: parameters.collect(), functions: functions.collect(), text })
    }
}

fn entries<'a>(root: &'a Value, section: &str) -> impl Iterator<Item = (String, &'a Value)> {
    root.get(section)
        .and_then(Value::as_mapping)
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.as_str()?.to_owned(), value)))
}

fn parameter(value: &Value) -> Parameter {
    let kind = value.get("Type").and_then(Value::as_str).unwrap_or_default();
    let default = value.get("Default").and_then(|default| match default {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    });
    Parameter { from_registry: kind.starts_with("AWS::SSM::Parameter"), default }
}

fn function(resource: &Value) -> Option<String> {
    let code = resource.get("Properties")?.get("CodeUri")?.as_str()?;
    let zip = Path::new(code).file_name()?.to_str()?;
    Some(zip.strip_suffix(".zip")?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_and_zips_are_found_among_intrinsic_functions() {
        let template = Template::parse(
            "Parameters:\n  Table: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /caravan/local/x}\n  Days: {Type: Number, Default: 3}\n\
             Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      FunctionName: !Sub 'a-${Stage}'\n      CodeUri: ../../target/functions/log-in.zip\n"
                .into(),
        )
        .unwrap();
        assert!(template.parameters["Table"].from_registry);
        assert_eq!(template.parameters["Days"].default.as_deref(), Some("3"));
        assert_eq!(template.functions, ["log-in"]);
    }
}
