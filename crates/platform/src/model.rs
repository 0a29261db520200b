//! Entities as data: the diagrams are drawn from them.

use schemars::JsonSchema;

use crate::describe::SchemaOf;

/// One entity of a context, as it is stored.
pub struct Entity {
    pub name: &'static str,
    /// Where it lives: `pk USER#id · sk ACCOUNT`.
    pub key: &'static str,
    pub schema: SchemaOf,
}

impl Entity {
    pub fn of<T: JsonSchema>(name: &'static str, key: &'static str) -> Self {
        Self { name, key, schema: |generator| generator.subschema_for::<T>() }
    }
}
