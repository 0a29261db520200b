//! Answering a query from the items of a catalogue in memory.

use std::cmp::Ordering;

use serde_json::Value as Json;

use super::{Field, Kind, Op, Value};
use crate::page::Page;

/// What a client asked of a catalogue.
#[derive(Debug, Clone, PartialEq)]
pub struct CatalogueQuery {
    /// All must hold.
    pub filters: Vec<Filter>,
    /// The first decides first.
    pub sort: Vec<Order>,
    pub fields: Projection,
    /// From 1.
    pub page: u32,
    pub limit: u32,
}

/// A field compared with a value. `Op::In` has a `Value::List`, the others a single value.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    pub field: Field,
    pub op: Op,
    pub value: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    pub field: Field,
    pub descending: bool,
}

/// Which members of an item are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Projection {
    All,
    Only(Vec<Field>),
    Without(Vec<Field>),
}

impl CatalogueQuery {
    /// The page that is asked for; only its items are copied.
    pub fn apply<'a>(&self, items: impl IntoIterator<Item = &'a Json>) -> Page<Json> {
        let matching = items.into_iter().filter(|item| self.matches(item));
        // The keys are read once for each item and not once for each comparison.
        let mut found: Vec<_> = matching.map(|item| (self.sort_key(item), item)).collect();
        found.sort_by(|a, b| self.compare_keys(&a.0, &b.0));

        let limit = self.limit as usize;
        let before = (self.page.saturating_sub(1) as usize).saturating_mul(limit);
        let page = found.iter().skip(before).take(limit);
        let data = page.map(|(_, item)| self.project(item)).collect();
        Page::numbered(data, self.limit, self.page, found.len() as u64)
    }

    pub fn matches(&self, item: &Json) -> bool {
        self.filters.iter().all(|filter| filter.holds(item))
    }

    /// The order of two items. Items without the value stand last in either direction; equals stand
    /// newest first, by id, so that no item is on two pages.
    pub fn compare(&self, a: &Json, b: &Json) -> Ordering {
        self.compare_keys(&self.sort_key(a), &self.sort_key(b))
    }

    /// The item with the members that are asked for. Its id always stays: without it nobody could
    /// ask for the rest.
    pub fn project(&self, item: &Json) -> Json {
        let mut item = item.clone();
        if let Some(members) = item.as_object_mut() {
            match &self.fields {
                Projection::All => {}
                Projection::Only(fields) => members
                    .retain(|name, _| name == "id" || fields.iter().any(|field| field.member() == name)),
                Projection::Without(fields) => members
                    .retain(|name, _| name == "id" || fields.iter().all(|field| field.member() != name)),
            }
        }
        item
    }

    fn sort_key<'a>(&self, item: &'a Json) -> SortKey<'a> {
        let values = self.sort.iter().map(|order| match order.field.find(item) {
            Some(found) => order.field.kind.of(found),
            None => None,
        });
        SortKey { values: values.collect(), id: item.get("id").and_then(Json::as_str) }
    }

    fn compare_keys(&self, a: &SortKey<'_>, b: &SortKey<'_>) -> Ordering {
        let values = a.values.iter().zip(&b.values);
        let by_value = self.sort.iter().zip(values).map(|(order, (a, b))| match (a, b) {
            (Some(a), Some(b)) if order.descending => compare(b, a),
            (Some(a), Some(b)) => compare(a, b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        });
        by_value.fold(Ordering::Equal, Ordering::then).then_with(|| b.id.cmp(&a.id))
    }
}

struct SortKey<'a> {
    values: Vec<Option<Value>>,
    id: Option<&'a str>,
}

/// Total for what stands in one field: the numbers of JSON and of queries are finite.
fn compare(a: &Value, b: &Value) -> Ordering {
    a.partial_cmp(b).unwrap_or(Ordering::Equal)
}

impl Filter {
    /// Of a list, one element is enough, as with tags. An item without the value is only `ne`.
    fn holds(&self, item: &Json) -> bool {
        let found: &[Json] = match self.field.find(item) {
            Some(Json::Array(elements)) => elements,
            Some(one) => std::slice::from_ref(one),
            None => &[],
        };
        let mut values = found.iter().filter_map(|json| self.field.kind.of(json));
        match (self.op, &self.value) {
            (Op::In, Value::List(choices)) => values.any(|value| choices.contains(&value)),
            (Op::Eq | Op::In, wanted) => values.any(|value| value == *wanted),
            (Op::Ne, unwanted) => !values.any(|value| value == *unwanted),
            (Op::Gte, bound) => values.any(|value| value >= *bound),
            (Op::Gt, bound) => values.any(|value| value > *bound),
            (Op::Lte, bound) => values.any(|value| value <= *bound),
            (Op::Lt, bound) => values.any(|value| value < *bound),
        }
    }
}

impl Field {
    fn find(self, item: &Json) -> Option<&Json> {
        match self.pointer {
            Some(pointer) => item.pointer(pointer),
            None => item.get(self.name),
        }
    }

    /// The member of an item that holds it.
    fn member(self) -> &'static str {
        let first = self.pointer.and_then(|pointer| pointer.split('/').nth(1));
        first.unwrap_or(self.name)
    }
}

impl Kind {
    /// The value in an item; what is not of this kind counts as missing.
    fn of(self, json: &Json) -> Option<Value> {
        match self {
            Self::Number => json.as_f64().map(Value::Number),
            Self::Integer => json.as_i64().map(Value::Integer),
            Self::Bool => json.as_bool().map(Value::Bool),
            Self::Text | Self::Time | Self::Enum(_) => self.read(json.as_str()?).ok(),
        }
    }
}
