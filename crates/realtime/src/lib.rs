//! Realtime: the open sockets, and sending to them.
//!
//! Access patterns of the table:
//!
//! | question | key | consistency |
//! |---|---|---|
//! | whose is this connection? | `CONNECTION#<id>` · `CONNECTION` | strong |

pub mod connection;

use platform::describe::SchemaOf;
use platform::model::Entity;

/// The entities, for the documents.
pub fn model() -> Vec<Entity> {
    let schema: SchemaOf =
        |generator| <connection::Connection as schemars::JsonSchema>::json_schema(generator);
    vec![Entity { name: "Connection", key: "pk CONNECTION#id · sk CONNECTION", schema }]
}
