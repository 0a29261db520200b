//! A value that a schema describes, for samples: its own example where it has one.

use platform::describe::SchemaOf;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// An example of a type.
pub fn of(schema: SchemaOf) -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let root = schema(&mut generator).to_value();
    let definitions = generator.take_definitions(true);
    example(&root, &definitions)
}

fn example(schema: &Value, definitions: &Map<String, Value>) -> Value {
    let given = schema.get("examples").and_then(|examples| examples.get(0));
    let given = given.or_else(|| schema.get("const")).or_else(|| schema.get("default"));
    let given = given.or_else(|| schema.get("enum").and_then(|values| values.get(0)));
    if let Some(given) = given {
        return given.clone();
    }
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        let name = name.rsplit('/').next().unwrap_or_default();
        return definitions.get(name).map_or(Value::Null, |schema| example(schema, definitions));
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        if let Some(first) = schema.get(choice).and_then(|all| all.get(0)) {
            return example(first, definitions);
        }
    }
    match kind(schema) {
        "object" => {
            let fields = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
            Value::Object(fields.map(|(name, field)| (name.clone(), example(field, definitions))).collect())
        }
        "array" => match schema.get("items") {
            Some(items) => json!([example(items, definitions)]),
            None => json!([]),
        },
        "string" => Value::String(text(schema)),
        "integer" | "number" => {
            schema.get("minimum").filter(|least| **least != json!(0)).cloned().unwrap_or(json!(1))
        }
        "boolean" => json!(true),
        _ => Value::Null,
    }
}

/// The type; of an optional value the one beside `null`.
fn kind(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(kinds)) => {
            kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("null")
        }
        _ => "null",
    }
}

fn text(schema: &Value) -> String {
    match schema.get("format").and_then(Value::as_str) {
        Some("date-time") => return "2026-01-31T12:00:00Z".to_owned(),
        Some("date") => return "2026-01-31".to_owned(),
        Some("uri") => return "https://caravan.example".to_owned(),
        Some("email") => return "ada@example.com".to_owned(),
        _ => {}
    }
    let length =
        |name: &str| schema.get(name).and_then(Value::as_u64).and_then(|length| usize::try_from(length).ok());
    let (least, most) = (length("minLength").unwrap_or(0), length("maxLength").unwrap_or(usize::MAX));
    "example ".chars().cycle().take(7.max(least).min(most)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::text::{Email, Text};
    use schemars::JsonSchema;

    #[derive(JsonSchema)]
    #[allow(dead_code)]
    struct Person {
        email: Email,
        name: Text<1, 4>,
        password: Text<12, 128>,
        nick: Option<String>,
        ids: Vec<kernel::UserId>,
        age: u8,
    }

    #[test]
    fn every_field_gets_a_value_that_its_type_takes() {
        let value = of(|generator| generator.subschema_for::<Person>());
        let expected = json!({
            "email": "ada@example.com",
            "name": "exam",
            "password": "example exam",
            "nick": "example",
            "ids": ["01JD2QK8N4M5V6W7X8Y9ZABCDE"],
            "age": 1,
        });
        assert_eq!(value, expected);
    }
}
