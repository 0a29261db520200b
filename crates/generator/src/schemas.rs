//! Schemas of what is sent and of what is received: the same type may look different in each direction.

use anyhow::{Result, bail};
use platform::describe::SchemaOf;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value};

const SENT: &str = "#/components/schemas/";
/// Exists only while a document is made.
const RECEIVED: &str = "#/received/";

/// Collects the schemas of a document under `components/schemas`.
pub struct Schemas {
    sent: SchemaGenerator,
    received: SchemaGenerator,
}

impl Default for Schemas {
    fn default() -> Self {
        let settings = |path: &str| {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path =
                    path.trim_start_matches('#').trim_end_matches('/').to_owned().into();
                settings.meta_schema = None;
            })
        };
        Self {
            sent: settings(SENT).for_serialize().into_generator(),
            received: settings(RECEIVED).for_deserialize().into_generator(),
        }
    }
}

impl Schemas {
    /// What we answer or tell.
    pub fn sent(&mut self, schema: SchemaOf) -> Value {
        schema(&mut self.sent).to_value()
    }

    /// What we are sent: unknown fields are refused.
    pub fn received(&mut self, schema: SchemaOf) -> Value {
        let mut schema = schema(&mut self.received).to_value();
        close(&mut schema);
        schema
    }

    /// Puts all schemas into the document. A type that looks different when received gets a name of its own.
    pub fn into_document(mut self, document: &mut Value) -> Result<()> {
        let mut all: Map<_, _> = self.sent.take_definitions(true);
        let mut received = self.received.take_definitions(true);
        for schemas in [&all, &received] {
            unique(schemas)?;
        }
        received.values_mut().for_each(close);
        let differs = |name: &str, schema: &Value| {
            let mut as_sent = schema.clone();
            rename(&mut as_sent, &|name| name.to_owned());
            all.get(name).is_some_and(|sent| *sent != as_sent)
        };
        let different: Vec<_> = received
            .iter()
            .filter(|(name, schema)| differs(name, schema))
            .map(|(name, _)| name.clone())
            .collect();
        let name = |name: &str| {
            if different.iter().any(|one| one == name) { format!("{name}Input") } else { name.to_owned() }
        };
        for (own, mut schema) in received {
            rename(&mut schema, &name);
            all.insert(name(&own), schema);
        }
        rename(document, &name);
        document["components"]["schemas"] = Value::Object(all);
        Ok(())
    }
}

/// Two types of one name would be told apart by a number, which the next type of that name could change: clients are
/// generated from these names.
fn unique(schemas: &Map<String, Value>) -> Result<()> {
    let numbered = |name: &&String| {
        let own = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
        own != *name && schemas.contains_key(own)
    };
    let twice: Vec<_> = schemas.keys().filter(numbered).map(String::as_str).collect();
    if !twice.is_empty() {
        bail!(
            "the documents know types of one name: {}; give them names of their own (`#[schemars(rename = \"…\")]`)",
            twice.join(", ")
        );
    }
    Ok(())
}

/// Refuses unknown fields wherever an object lists its fields.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if fields.get("properties").is_some_and(Value::is_object)
                && !fields.contains_key("additionalProperties")
            {
                fields.insert("additionalProperties".into(), Value::Bool(false));
            }
            fields.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

/// Turns references to received schemas into references of the document.
fn rename(value: &mut Value, name: &impl Fn(&str) -> String) {
    match value {
        Value::String(text) => {
            if let Some(own) = text.strip_prefix(RECEIVED) {
                *text = format!("{SENT}{}", name(own));
            }
        }
        Value::Object(fields) => fields.values_mut().for_each(|value| rename(value, name)),
        Value::Array(items) => items.iter_mut().for_each(|value| rename(value, name)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use schemars::JsonSchema;
    use serde::Serialize;
    use serde_json::json;

    #[derive(Serialize, JsonSchema)]
    #[allow(dead_code)]
    struct Plan {
        #[serde(skip_serializing_if = "Vec::is_empty")]
        days: Vec<kernel::UserId>,
    }

    mod elsewhere {
        #[derive(serde::Serialize, schemars::JsonSchema)]
        pub struct Plan {
            pub price: i64,
        }
    }

    #[test]
    fn two_types_of_one_name_are_refused() {
        let mut schemas = Schemas::default();
        schemas.sent(|generator| generator.subschema_for::<Plan>());
        schemas.sent(|generator| generator.subschema_for::<elsewhere::Plan>());
        let refused = schemas.into_document(&mut json!({})).unwrap_err().to_string();
        assert!(refused.contains("Plan2"), "{refused}");
    }

    #[test]
    fn a_type_that_differs_by_direction_gets_two_names() {
        let mut schemas = Schemas::default();
        let schema: SchemaOf = |generator| generator.subschema_for::<Plan>();
        let mut document = json!({"sent": schemas.sent(schema), "received": schemas.received(schema)});
        schemas.into_document(&mut document).unwrap();
        assert_eq!(document["sent"]["$ref"], "#/components/schemas/Plan");
        assert_eq!(document["received"]["$ref"], "#/components/schemas/PlanInput");
        let all = &document["components"]["schemas"];
        assert_eq!(all["PlanInput"]["additionalProperties"], false);
        assert_eq!(all["PlanInput"]["properties"]["days"]["items"]["$ref"], "#/components/schemas/UserId");
        assert!(all.get("UserIdInput").is_none());
        assert!(all["Plan"].get("additionalProperties").is_none());
    }
}
