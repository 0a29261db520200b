//! One operation: a route of an endpoint.

use platform::Described;
use platform::describe::{Access, Http, Limit, Parameter, Per, Route, Shape};
use serde_json::{Map, Value, json};

use super::responses;
use crate::example;
use crate::project::Context;
use crate::schemas::Schemas;

pub fn print(
    context: &Context,
    described: &Described,
    http: &Http,
    (at, route): (usize, &Route),
    schemas: &mut Schemas,
) -> Value {
    let docs = context.docs.get(described.name).cloned().unwrap_or_default();
    // An operation's id is unique; an alias is one more operation of the same function.
    let id = if at == 0 { described.name.to_owned() } else { format!("{}-{}", described.name, at + 1) };
    let mut operation = json!({
        "operationId": id,
        "tags": [context.name],
        "summary": docs.summary,
        "security": security(&http.access),
        "responses": responses::of(http, schemas),
        "x-caravan": extension(context, described, http),
    });
    if !docs.description.is_empty() {
        operation["description"] = json!(docs.description);
    }
    let parameters = parameters_of(http, route, schemas);
    if !parameters.is_empty() {
        operation["parameters"] = json!(parameters);
    }
    if let Some(body) = http.body {
        operation["requestBody"] = json!({
            "required": true,
            "content": {"application/json": {"schema": schemas.received(body), "example": example::of(body)}},
        });
    }
    operation
}

fn security(access: &Access) -> Value {
    match access {
        Access::Public => json!([]),
        Access::Optional => json!([{}, {"bearer": []}]),
        Access::User | Access::Roles(_) | Access::Permission(_) => json!([{"bearer": []}]),
    }
}

fn parameters_of(http: &Http, route: &Route, schemas: &mut Schemas) -> Vec<Value> {
    let mut all = Vec::new();
    // An alias may call its parameters differently; their order is the same.
    let in_path: Vec<_> = http.parameters.iter().filter(|parameter| parameter.place == "path").collect();
    for (at, name) in route.path.split(['{', '}']).skip(1).step_by(2).enumerate() {
        let schema = in_path
            .get(at)
            .map_or_else(|| json!({"type": "string"}), |parameter| shape(&parameter.schema, schemas));
        all.push(json!({"name": name, "in": "path", "required": true, "schema": schema}));
    }
    for parameter in http.parameters.iter().filter(|parameter| parameter.place != "path") {
        all.push(described(parameter, schemas));
    }
    if http.idempotent {
        all.push(json!({"$ref": "#/components/parameters/IdempotencyKey"}));
    }
    all
}

fn described(parameter: &Parameter, schemas: &mut Schemas) -> Value {
    let Parameter { name, place, required, description, explode, schema } = parameter;
    let schema = shape(schema, schemas);
    let mut value = json!({"name": name, "in": place, "required": required, "schema": schema});
    if !explode {
        value["explode"] = json!(false);
    }
    if !description.is_empty() {
        value["description"] = json!(description);
    }
    value
}

fn shape(shape: &Shape, schemas: &mut Schemas) -> Value {
    match shape {
        Shape::Of(schema) => schemas.received(*schema),
        Shape::Is(schema) => schema.clone(),
    }
}

/// What the operations share.
pub fn parameters() -> Value {
    json!({
        "IdempotencyKey": {
            "name": "Idempotency-Key",
            "in": "header",
            "required": false,
            "description": "The same key and body within 24 hours get the first answer again, and have one effect.",
            "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
        },
    })
}

/// What the tests, the registry and a curious reader want to know beside OpenAPI's own fields.
fn extension(context: &Context, described: &Described, http: &Http) -> Value {
    let mut facts = Map::new();
    facts.insert("context".into(), json!(context.name));
    facts.insert("function".into(), json!(described.name));
    let access = match &http.access {
        Access::Public => "public",
        Access::Optional => "optional",
        Access::User => "user",
        Access::Roles(_) => "roles",
        Access::Permission(_) => "permission",
    };
    facts.insert("access".into(), json!(access));
    if let Access::Roles(roles) = &http.access {
        facts.insert("roles".into(), json!(roles.iter().map(|role| role.name()).collect::<Vec<_>>()));
    }
    if let Access::Permission(permission) = &http.access {
        facts.insert("permission".into(), json!(permission.name()));
    }
    facts.insert("calls".into(), json!(http.calls));
    facts.insert("idempotent".into(), json!(http.idempotent));
    facts.insert("max_body_bytes".into(), json!(http.max_body));
    if let Some(Limit { name, count, window, per }) = http.limit {
        let per = match per {
            Per::Address => "address".to_owned(),
            Per::Caller => "caller".to_owned(),
            Per::AddressAnd(field) => format!("address and {field}"),
        };
        facts.insert(
            "limit".into(),
            json!({"name": name, "count": count, "window_seconds": window.as_secs(), "per": per}),
        );
    }
    Value::Object(facts)
}
