//! What lists answer.

use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::page::{Page, PageMeta};

/// Some members of a `T`, as the client asked with `fields`; the id is always among them.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown<T>(pub Value, PhantomData<fn() -> T>);

impl<T> Shown<T> {
    pub fn new(value: Value) -> Self {
        Self(value, PhantomData)
    }
}

impl<T> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<T: JsonSchema> JsonSchema for Shown<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Shown{}", T::schema_name()).into()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        format!("{}::Shown<{}>", module_path!(), T::schema_id()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = T::json_schema(generator);
        schema.insert("required".into(), json!(["id"]));
        schema
    }
}

/// A page of a list, with how many stand on it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "{T}Results")]
pub struct Results<T> {
    /// How many are on this page.
    pub results: usize,
    pub data: Vec<T>,
    pub meta: PageMeta,
}

impl<T> From<Page<Value>> for Results<Shown<T>> {
    fn from(page: Page<Value>) -> Self {
        let data: Vec<_> = page.data.into_iter().map(Shown::new).collect();
        Self { results: data.len(), data, meta: page.meta }
    }
}

/// Everything there is to say, on one page.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "All{T}")]
pub struct All<T> {
    pub results: usize,
    pub data: Vec<T>,
}

impl<T> All<T> {
    pub fn new(data: Vec<T>) -> Self {
        Self { results: data.len(), data }
    }
}

impl<T> All<Shown<T>> {
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a Value>) -> Self {
        Self::new(entries.into_iter().cloned().map(Shown::new).collect())
    }
}
