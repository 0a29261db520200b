//! `docs/openapi.json`: every endpoint of every context, for clients, the documentation page and the tests.

mod operation;
mod responses;

pub use responses::problems as problems_of;

use anyhow::Result;
use serde_json::{Map, Value, json};

use crate::names::capitalised;
use crate::project::Project;
use crate::schemas::Schemas;
use crate::stack::DEFAULT;

pub fn print(project: &Project) -> Result<String> {
    let document = document(project)?;
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

pub fn document(project: &Project) -> Result<Value> {
    let mut schemas = Schemas::default();
    let mut paths = Map::new();
    for context in &project.contexts {
        for (described, http) in context.endpoints() {
            let routes = http.routes.iter().filter(|route| route.path != DEFAULT);
            for (at, route) in routes.enumerate() {
                let methods = paths.entry(route.path.clone()).or_insert_with(|| json!({}));
                methods[route.method.to_lowercase()] =
                    operation::print(context, described, http, (at, route), &mut schemas);
            }
        }
    }
    let problem = schemas.sent(|generator| generator.subschema_for::<web::Document>());
    let mut document = json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "Caravan",
            "version": env!("CARGO_PKG_VERSION"),
            "description": DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/", "description": "The front door that serves this document."}],
        "tags": project.contexts.iter().map(|context| json!({"name": context.name, "description": capitalised(context.name)})).collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "headers": responses::headers(),
            "parameters": operation::parameters(),
            "responses": responses::shared(&problem),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "The access token that signing in answers."},
            },
        },
    });
    schemas.into_document(&mut document)?;
    Ok(document)
}

const DESCRIPTION: &str = "Errors are problem documents (RFC 9457); `code` is what programs look at, and each has a page under \
    docs/problems. What API Gateway itself refuses (413, 429, 503) has a plain JSON body instead. Bodies are JSON, and \
    unknown fields and query parameters are refused.";
