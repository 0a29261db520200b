//! The fields of a catalogue: what their values are, and what can be asked of them.

use serde_json::{Value as Json, json};

use crate::text::Invalid;
use crate::{Result, Timestamp};

/// What the values of a field are, and so how they compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Compares by code points, as the value stands.
    Text,
    Number,
    /// Whole numbers, and money in minor units: exact where a number is not.
    Integer,
    Time,
    Bool,
    /// One of these, which stand in their order: easy before difficult.
    Enum(&'static [&'static str]),
}

/// A value of a filter, or of an item.
///
/// Values of one kind compare as one expects; of two kinds they never meet. No number is NaN.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub enum Value {
    Text(String),
    Number(f64),
    Integer(i64),
    Time(Timestamp),
    Bool(bool),
    /// Its place in the declared order.
    Enum(usize),
    /// The choices of `in`.
    List(Vec<Value>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    Eq,
    Ne,
    In,
    Gte,
    Gt,
    Lte,
    Lt,
}

impl Op {
    /// The name of the parameter: `price[gte]`, or only `price`.
    pub(super) fn parameter(self, field: &str) -> String {
        let op = match self {
            Self::Eq => return field.to_owned(),
            Self::Ne => "ne",
            Self::In => "in",
            Self::Gte => "gte",
            Self::Gt => "gt",
            Self::Lte => "lte",
            Self::Lt => "lt",
        };
        format!("{field}[{op}]")
    }

    pub(super) const fn description(self) -> &'static str {
        match self {
            Self::Eq => "Equal to this.",
            Self::Ne => "Not equal to this.",
            Self::In => "Equal to one of these.",
            Self::Gte => "At least this.",
            Self::Gt => "More than this.",
            Self::Lte => "At most this.",
            Self::Lt => "Less than this.",
        }
    }
}

impl Kind {
    pub(super) const fn ops(self) -> &'static [Op] {
        match self {
            Self::Bool => &[Op::Eq, Op::Ne],
            Self::Text => &[Op::Eq, Op::Ne, Op::In],
            Self::Number | Self::Integer | Self::Time | Self::Enum(_) => {
                &[Op::Eq, Op::Ne, Op::In, Op::Gte, Op::Gt, Op::Lte, Op::Lt]
            }
        }
    }

    pub(super) fn read(self, text: &str) -> Result<Value, Invalid> {
        let number = || text.parse().ok().filter(|number: &f64| number.is_finite());
        let (value, expected) = match self {
            Self::Text => (Some(Value::Text(text.to_owned())), "text"),
            Self::Number => (number().map(Value::Number), "a number"),
            Self::Integer => (text.parse().ok().map(Value::Integer), "a whole number"),
            Self::Time => (text.parse().ok().map(Value::Time), "a time, like 2026-01-31T09:00:00Z"),
            Self::Bool => (text.parse().ok().map(Value::Bool), "true or false"),
            Self::Enum(names) => {
                let place = names.iter().position(|name| *name == text);
                return place
                    .map(Value::Enum)
                    .ok_or_else(|| Invalid(format!("must be one of {}", names.join(", "))));
            }
        };
        value.ok_or_else(|| Invalid(format!("must be {expected}")))
    }

    pub(super) fn schema(self) -> Json {
        match self {
            Self::Text => json!({"type": "string"}),
            Self::Number => json!({"type": "number"}),
            Self::Integer => json!({"type": "integer", "format": "int64"}),
            Self::Time => json!({"type": "string", "format": "date-time"}),
            Self::Bool => json!({"type": "boolean"}),
            Self::Enum(names) => json!({"type": "string", "enum": names}),
        }
    }
}

/// A field that a client may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    pub name: &'static str,
    pub kind: Kind,
    pub filter: bool,
    pub sort: bool,
    /// Its filters may come more than once: equal to any of these, or within all of these bounds.
    pub repeat: bool,
    /// JSON pointer to its value in an item, where that is not the member of its name.
    pub pointer: Option<&'static str>,
}

impl Field {
    /// A field that may be named in `fields` only.
    pub const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, filter: false, sort: false, repeat: false, pointer: None }
    }

    pub const fn filter(self) -> Self {
        Self { filter: true, ..self }
    }

    pub const fn sort(self) -> Self {
        Self { sort: true, ..self }
    }

    pub const fn repeat(self) -> Self {
        Self { repeat: true, ..self }
    }

    /// Its value stands deeper in the item: `.at("/price/amount")`.
    pub const fn at(self, pointer: &'static str) -> Self {
        Self { pointer: Some(pointer), ..self }
    }
}
