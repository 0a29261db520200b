//! Notifications: who is to be told what, and how.
//!
//! Access patterns of the table:
//!
//! | question | key | consistency |
//! |---|---|---|
//! | how is this person reached? | `USER#<id>` · `RECIPIENT` | eventual: a projection of identity |

pub mod personal;
pub mod recipient;
pub mod welcome;

use platform::describe::SchemaOf;
use platform::model::Entity;

/// The entities, for the documents.
pub fn model() -> Vec<Entity> {
    let schema: SchemaOf = |generator| <recipient::Recipient as schemars::JsonSchema>::json_schema(generator);
    vec![Entity { name: "Recipient", key: "pk USER#user_id · sk RECIPIENT", schema }]
}
