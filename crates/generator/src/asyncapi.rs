//! `docs/asyncapi.json`: what the contexts tell each other, and who listens.

use anyhow::Result;
use contracts::{Contract, Envelope, Nature};
use platform::Described;
use platform::describe::{Kind, Queue, SchemaOf};
use serde_json::{Map, Value, json};

use crate::project::{Context, Project, producer};
use crate::schemas::Schemas;
use crate::stack;

pub fn print(project: &Project) -> Result<String> {
    let document = document(project)?;
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

fn document(project: &Project) -> Result<Value> {
    let mut schemas = Schemas::default();
    let envelope = schemas.sent(|generator| generator.subschema_for::<Envelope>());
    let (mut channels, mut messages, mut operations) = (Map::new(), Map::new(), Map::new());
    for (context, contracts) in &project.contracts {
        let types: Vec<_> = contracts.iter().map(|contract| contract.kind).collect();
        let description =
            format!("What {context} tells: an SNS topic; queues subscribe to it by event type.");
        channels.insert(topic(context), channel(&topic(context), &description, &types));
        messages.extend(
            contracts
                .iter()
                .map(|contract| (contract.kind.to_owned(), event(contract, &envelope, &mut schemas))),
        );
    }
    for context in &project.contexts {
        if stack::has_sockets(context) {
            channels.insert(format!("{}-socket", context.name), socket(context));
        }
        for described in &context.functions {
            match &described.description.kind {
                Kind::Relay => {
                    let types: Vec<_> =
                        project.contracts_of(context.name).iter().map(|contract| contract.kind).collect();
                    if !types.is_empty() {
                        let send = operation("send", context, described, &topic(context.name), &types);
                        operations.insert(described.name.to_owned(), send);
                    }
                }
                Kind::Consumer(queue) => {
                    if !queue.commands.is_empty() {
                        let description = format!("What {} is asked to do: an SQS queue.", context.name);
                        channels.insert(
                            queue.name.to_owned(),
                            channel(queue.name, &description, &commands(queue)),
                        );
                        messages.extend(
                            queue
                                .commands
                                .iter()
                                .map(|one| (one.0.to_owned(), command(*one, &envelope, &mut schemas))),
                        );
                    }
                    operations.extend(receives(project, context, described, queue)?);
                }
                _ => {}
            }
        }
    }
    let mut document = json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Caravan events",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Every message travels in an envelope. Consumers do each message once by its id, and ignore fields they do not know.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages},
    });
    schemas.into_document(&mut document)?;
    Ok(document)
}

fn topic(context: &str) -> String {
    format!("{context}-events")
}

fn channel(name: &str, description: &str, types: &[&str]) -> Value {
    let messages = types
        .iter()
        .map(|kind| ((*kind).to_owned(), json!({"$ref": format!("#/components/messages/{kind}")})));
    json!({
        "address": format!("caravan-{{stage}}-{name}"),
        "description": description,
        "parameters": {"stage": {"enum": ["local", "staging", "production"]}},
        "messages": Value::Object(messages.collect()),
    })
}

fn event(contract: &Contract, envelope: &Value, schemas: &mut Schemas) -> Value {
    let nature = match contract.nature {
        Nature::Snapshot => "A snapshot: the newest version wins.",
        Nature::Fact => "A fact: never dropped.",
    };
    json!({
        "name": contract.kind,
        "title": contract.kind,
        "description": nature,
        "contentType": "application/json",
        "payload": {"allOf": [envelope, {"type": "object", "properties": {
            "type": {"const": contract.kind},
            "version": {"const": contract.version},
            "producer": {"const": producer(contract.kind)},
            "data": schemas.sent(contract.schema),
        }}]},
        "x-nature": contract.nature,
    })
}

fn commands(queue: &Queue) -> Vec<&'static str> {
    queue.commands.iter().map(|(kind, _)| *kind).collect()
}

/// Between a client and a context, and so without an envelope.
fn socket(context: &Context) -> Value {
    let actions = context.functions.iter().filter_map(|function| match function.description.kind {
        Kind::Socket { route } if !route.starts_with('$') => Some(route),
        _ => None,
    });
    let actions: Vec<_> = actions.collect();
    json!({
        "address": "/",
        "title": format!("WebSocket of {}", context.name),
        "description": "Opened with an access token, as `Authorization: Bearer …` or as the subprotocols `caravan, <token>`. \
            A message is a JSON object whose `action` says what it is; another one is answered with the problem `unknown-action`.",
        "x-actions": actions,
    })
}

fn command((kind, schema): (&str, SchemaOf), envelope: &Value, schemas: &mut Schemas) -> Value {
    json!({
        "name": kind,
        "title": kind,
        "description": "A command: something to do, for one queue.",
        "contentType": "application/json",
        "payload": {"allOf": [envelope, {"type": "object", "properties": {
            "type": {"const": kind},
            "data": schemas.sent(schema),
        }}]},
    })
}

/// A consumer of events receives from one topic or several, all through its own queue.
fn receives(
    project: &Project,
    context: &Context,
    described: &Described,
    queue: &Queue,
) -> Result<Vec<(String, Value)>> {
    if !queue.commands.is_empty() {
        let receive = operation("receive", context, described, queue.name, &commands(queue));
        return Ok(vec![(described.name.to_owned(), receive)]);
    }
    let mut producers: Vec<_> = queue.events.iter().map(|kind| producer(kind)).collect();
    producers.sort_unstable();
    producers.dedup();
    let mut all = Vec::new();
    for from in &producers {
        let types: Vec<_> = queue.events.iter().copied().filter(|kind| producer(kind) == *from).collect();
        for kind in &types {
            project.contract(kind)?;
        }
        let name = if producers.len() == 1 {
            described.name.to_owned()
        } else {
            format!("{}-from-{from}", described.name)
        };
        all.push((name, operation("receive", context, described, &topic(from), &types)));
    }
    Ok(all)
}

fn operation(action: &str, context: &Context, described: &Described, channel: &str, types: &[&str]) -> Value {
    let messages: Vec<_> =
        types.iter().map(|kind| json!({"$ref": format!("#/channels/{channel}/messages/{kind}")})).collect();
    json!({
        "action": action,
        "channel": {"$ref": format!("#/channels/{channel}")},
        "summary": context.summary(described.name),
        "tags": [{"name": context.name}],
        "messages": messages,
    })
}
