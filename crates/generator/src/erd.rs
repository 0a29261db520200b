//! `docs/erd.md`: what each context stores, as Mermaid diagrams; lines follow the typed ids.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use platform::model::Entity;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use crate::names::{capitalised, snake};
use crate::project::Project;

/// A field as a diagram shows it.
struct Field {
    name: String,
    kind: String,
    optional: bool,
}

/// An entity that was read from its schema.
struct Drawn {
    context: &'static str,
    name: &'static str,
    key: &'static str,
    fields: Vec<Field>,
}

pub fn print(project: &Project) -> String {
    let mut all = Vec::new();
    for context in &project.contexts {
        all.extend(context.model.iter().map(|entity| drawn(context.name, entity)));
    }
    let mut text = String::from(
        "# Entities\n\nWritten by `cargo xtask generate`. A line says that one entity holds the id of another; \
         contexts know each other's entities only by id.\n",
    );
    for context in &project.contexts {
        let own: Vec<_> = all.iter().filter(|entity| entity.context == context.name).collect();
        if own.is_empty() {
            continue;
        }
        let _ = write!(
            text,
            "\n## {}\n\n{}\n| entity | key |\n|---|---|\n",
            capitalised(context.name),
            diagram(&own, true)
        );
        for entity in own {
            let _ = writeln!(text, "| {} | {} |", entity.name, entity.key);
        }
    }
    let every: Vec<_> = all.iter().collect();
    if !every.is_empty() {
        let _ = write!(text, "\n## All contexts\n\n{}", diagram(&every, false));
    }
    text
}

fn diagram(entities: &[&Drawn], with_fields: bool) -> String {
    let mut text = String::from("```mermaid\nerDiagram\n");
    for entity in entities {
        if !with_fields {
            let _ = writeln!(text, "  {}[\"{}: {}\"]", id(entity), entity.context, entity.name);
            continue;
        }
        let _ = writeln!(text, "  {}[{}] {{", id(entity), entity.name);
        for field in &entity.fields {
            let mark = match (is_id(field), home(entities, field)) {
                (true, Some(home)) if id(home) == id(entity) => " PK",
                (true, Some(_)) => " FK",
                _ => "",
            };
            let optional = if field.optional { " \"optional\"" } else { "" };
            let _ = writeln!(text, "    {} {}{mark}{optional}", field.kind, field.name);
        }
        text.push_str("  }\n");
    }
    for line in lines(entities) {
        let _ = writeln!(text, "  {line}");
    }
    text.push_str("```\n");
    text
}

fn lines(entities: &[&Drawn]) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for entity in entities {
        for field in entity.fields.iter().filter(|field| is_id(field)) {
            let Some(home) = home(entities, field).filter(|home| id(home) != id(entity)) else { continue };
            let one = match (field.kind.ends_with("[]"), field.optional) {
                (true, _) => "}o",
                (false, true) => "|o",
                (false, false) => "||",
            };
            lines.insert(format!("{} {one}--o{{ {} : {}", id(home), id(entity), field.name));
        }
    }
    lines
}

/// Names are unique within a context only.
fn id(entity: &Drawn) -> String {
    format!("{}_{}", entity.context, entity.name)
}

fn is_id(field: &Field) -> bool {
    field.kind.trim_end_matches("[]").ends_with("Id")
}

/// The entity that an id names: the one whose own `id` it is, else the first one that has it in its key.
fn home<'a>(entities: &[&'a Drawn], field: &Field) -> Option<&'a Drawn> {
    let kind = field.kind.trim_end_matches("[]");
    let own =
        entities.iter().find(|entity| entity.fields.iter().any(|own| own.name == "id" && own.kind == kind));
    let name = snake(kind);
    let holds = |entity: &&&Drawn| {
        entity.key.contains(&format!("#{name}"))
            && entity.fields.iter().any(|own| own.name == name && own.kind == kind)
    };
    own.or_else(|| entities.iter().find(holds)).copied()
}

fn drawn(context: &'static str, entity: &Entity) -> Drawn {
    let mut generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let root = (entity.schema)(&mut generator).to_value();
    let definitions = generator.take_definitions(true);
    let root = referred(&root, &definitions).unwrap_or(&root);
    let required = root.get("required").and_then(Value::as_array);
    let fields = root.get("properties").and_then(Value::as_object).into_iter().flatten();
    let fields = fields.map(|(name, schema)| Field {
        name: name.clone(),
        kind: kind(schema),
        optional: !required.is_some_and(|required| required.contains(&Value::from(name.as_str())))
            || nullable(schema),
    });
    Drawn { context, name: entity.name, key: entity.key, fields: fields.collect() }
}

fn referred<'a>(schema: &Value, definitions: &'a Map<String, Value>) -> Option<&'a Value> {
    definitions.get(schema.get("$ref")?.as_str()?.rsplit('/').next()?)
}

fn nullable(schema: &Value) -> bool {
    let null = Value::from("null");
    let in_type = schema.get("type").and_then(Value::as_array).is_some_and(|kinds| kinds.contains(&null));
    let choices = schema.get("anyOf").and_then(Value::as_array).into_iter().flatten();
    in_type || choices.into_iter().any(|choice| choice.get("type") == Some(&null))
}

/// A word for a type, as Mermaid takes it.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        return name.rsplit('/').next().unwrap_or("object").to_owned();
    }
    if let Some(choices) = schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Value::as_array) {
        let real = choices.iter().find(|choice| choice.get("type") != Some(&Value::from("null")));
        return real.map_or_else(|| "object".to_owned(), kind);
    }
    let name = match schema.get("type") {
        Some(Value::String(name)) => name.as_str(),
        Some(Value::Array(names)) => {
            names.iter().filter_map(Value::as_str).find(|name| *name != "null").unwrap_or("object")
        }
        _ => "object",
    };
    match (name, schema.get("format").and_then(Value::as_str), schema.get("items")) {
        ("string", Some("date-time"), _) => "timestamp".to_owned(),
        ("array", _, Some(items)) => format!("{}[]", kind(items)),
        _ => name.to_owned(),
    }
}
