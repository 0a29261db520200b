//! `functions/<context>/events/<function>.json`: one event that each function takes, for `invoke`, cargo-lambda and SAM.

use anyhow::Result;
use contracts::Contract;
use platform::Described;
use platform::describe::{Access, Http, Kind, Queue, Shape};
use serde_json::{Map, Value, json};

use crate::project::{Context, Project, producer};
use crate::{Document, example, stack};

const ID: &str = "01JD2QK8N4M5V6W7X8Y9ZABCDE";
const TIME: &str = "2026-01-31T12:00:00Z";
const ACCOUNT: &str = "000000000000";
const REGION: &str = "us-east-1";

pub fn print(project: &Project, context: &Context) -> Result<Vec<Document>> {
    let sample = |described: &Described| {
        let event = event(project, context, described)?;
        let path = format!("functions/{}/events/{}.json", context.name, described.name);
        Ok(Document::new(path, serde_json::to_string_pretty(&event)? + "\n"))
    };
    context.functions.iter().map(sample).collect()
}

fn event(project: &Project, context: &Context, described: &Described) -> Result<Value> {
    Ok(match &described.description.kind {
        Kind::Endpoint(http) => request(http),
        Kind::Consumer(queue) => messages(project, queue)?,
        Kind::Relay => stream(context, project.contracts_of(context.name)),
        Kind::Schedule { .. } => json!({}),
        Kind::Authorizer => authorization(),
        Kind::Socket { route } => frame(route),
        Kind::Replay => replay(project, context),
        Kind::Task { event } => example::of(*event),
    })
}

/// The first page, to the first of the queues that may be filled.
fn replay(project: &Project, context: &Context) -> Value {
    let queues = project.takers_of_snapshots(context.name);
    let queue = queues.first().copied().unwrap_or("none");
    json!({"queue_url": format!("http://localhost:4566/{ACCOUNT}/caravan-local-{queue}"), "cursor": null})
}

/// API Gateway's payload 2.0.
fn request(http: &Http) -> Value {
    let Some(route) = http.routes.first() else { return json!({}) };
    let mut path =
        if route.path == stack::DEFAULT { "/api/v1/nowhere".to_owned() } else { route.path.clone() };
    let method = if route.method == "ANY" { "GET" } else { route.method };
    let mut parameters = Map::new();
    for parameter in http.parameters.iter().filter(|parameter| parameter.place == "path") {
        let value = match &parameter.schema {
            Shape::Of(schema) => example::of(*schema),
            Shape::Is(_) => json!(null),
        };
        path = path.replace(&format!("{{{}}}", parameter.name), value.as_str().unwrap_or("1"));
        parameters.insert(parameter.name.clone(), value);
    }
    let mut headers = json!({"host": "localhost:3000", "user-agent": "sample"});
    if http.access != Access::Public {
        headers["authorization"] = json!("Bearer PUT-AN-ACCESS-TOKEN-HERE");
    }
    if http.idempotent {
        headers["idempotency-key"] = json!("5f0c9b1e-2d1c-4d5e-9c59-0a7b3f6f1f8a");
    }
    let key = stack::key(route);
    let mut event = json!({
        "version": "2.0",
        "routeKey": key,
        "rawPath": path,
        "rawQueryString": "",
        "headers": headers,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "sample",
            "domainName": "localhost",
            "domainPrefix": "localhost",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "sample"},
            "requestId": "sample-request",
            "routeKey": key,
            "stage": "$default",
            "time": "31/Jan/2026:12:00:00 +0000",
            "timeEpoch": 1_769_860_800_000_u64,
        },
        "isBase64Encoded": false,
    });
    if !parameters.is_empty() {
        event["pathParameters"] = Value::Object(parameters);
    }
    if let Some(body) = http.body {
        event["headers"]["content-type"] = json!("application/json");
        event["body"] = json!(example::of(body).to_string());
    }
    event
}

fn envelope(kind: &str, version: u16, data: &Value) -> Value {
    json!({
        "id": ID,
        "type": kind,
        "version": version,
        "occurred_at": TIME,
        "producer": producer(kind),
        "subject_id": ID,
        "correlation_id": "sample-correlation",
        "data": data,
    })
}

fn of_contract(contract: &Contract) -> Value {
    envelope(contract.kind, contract.version, &example::of(contract.schema))
}

fn messages(project: &Project, queue: &Queue) -> Result<Value> {
    let mut bodies = Vec::new();
    for kind in &queue.events {
        bodies.push(of_contract(project.contract(kind)?));
    }
    bodies.extend(queue.commands.iter().map(|(kind, schema)| envelope(kind, 1, &example::of(*schema))));
    let record = |(at, body): (usize, &Value)| {
        json!({
            "messageId": format!("00000000-0000-0000-0000-{at:012}"),
            "receiptHandle": "sample",
            "body": body.to_string(),
            "attributes": {
                "ApproximateReceiveCount": "1",
                "SentTimestamp": "1769860800000",
                "SenderId": ACCOUNT,
                "ApproximateFirstReceiveTimestamp": "1769860800000",
            },
            "messageAttributes": {},
            "md5OfBody": "",
            "eventSource": "aws:sqs",
            "eventSourceARN": format!("arn:aws:sqs:{REGION}:{ACCOUNT}:caravan-local-{}", queue.name),
            "awsRegion": REGION,
        })
    };
    Ok(json!({"Records": bodies.iter().enumerate().map(record).collect::<Vec<_>>()}))
}

/// One insertion of an outbox item, as the relay's stream shows it.
fn stream(context: &Context, contracts: &[Contract]) -> Value {
    let messages: Vec<_> = contracts
        .first()
        .map(|contract| json!({"to": "topic", "envelope": of_contract(contract)}))
        .into_iter()
        .collect();
    let key = json!({"pk": format!("OUTBOX#{ID}"), "sk": "OUTBOX"});
    let mut item = json!({
        "kind": "outbox",
        "schema_version": 1,
        "gsi1pk": "OUTBOX#0",
        "gsi1sk": ID,
        "id": ID,
        "written_at": TIME,
        "messages": messages,
    });
    for name in ["pk", "sk"] {
        item[name] = key[name].clone();
    }
    json!({"Records": [{
        "eventID": "1",
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": REGION,
        "eventSourceARN": format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/caravan-local-{}/stream/2026-01-31T12:00:00.000", context.name),
        "dynamodb": {
            "ApproximateCreationDateTime": 1_769_860_800,
            "Keys": marshalled(&key)["M"],
            "NewImage": marshalled(&item)["M"],
            "SequenceNumber": "1",
            "SizeBytes": 1,
            "StreamViewType": "NEW_IMAGE",
        },
    }]})
}

/// DynamoDB's own JSON.
fn marshalled(value: &Value) -> Value {
    match value {
        Value::Null => json!({"NULL": true}),
        Value::Bool(flag) => json!({"BOOL": flag}),
        Value::Number(number) => json!({"N": number.to_string()}),
        Value::String(text) => json!({"S": text}),
        Value::Array(items) => json!({"L": items.iter().map(marshalled).collect::<Vec<_>>()}),
        Value::Object(fields) => {
            let fields: Map<_, _> =
                fields.iter().map(|(name, value)| (name.clone(), marshalled(value))).collect();
            json!({"M": fields})
        }
    }
}

/// What API Gateway asks before it opens a WebSocket.
fn authorization() -> Value {
    json!({
        "type": "REQUEST",
        "methodArn": format!("arn:aws:execute-api:{REGION}:{ACCOUNT}:sample/{}/$connect", stack::STAGE),
        "headers": handshake(),
        "requestContext": connection("$connect"),
    })
}

/// What arrives on a route of a WebSocket API.
fn frame(route: &str) -> Value {
    let mut event = json!({"requestContext": connection(route), "isBase64Encoded": false});
    event["requestContext"]["authorizer"] =
        json!({"principalId": ID, "user_id": ID, "session_id": "sample-session"});
    match route {
        "$connect" => event["headers"] = handshake(),
        "$disconnect" => {}
        "$default" => event["body"] = json!(json!({"action": "nonsense"}).to_string()),
        action => event["body"] = json!(json!({"action": action}).to_string()),
    }
    event
}

fn handshake() -> Value {
    json!({"Host": "localhost:3001", "Sec-WebSocket-Protocol": "caravan, PUT-AN-ACCESS-TOKEN-HERE"})
}

fn connection(route: &str) -> Value {
    let kind = match route {
        "$connect" => "CONNECT",
        "$disconnect" => "DISCONNECT",
        _ => "MESSAGE",
    };
    json!({
        "routeKey": route,
        "eventType": kind,
        "connectionId": "sample",
        "requestId": "sample-request",
        "apiId": "sample",
        "stage": stack::STAGE,
        "identity": {"sourceIp": "127.0.0.1"},
    })
}
