//! What clients write in paths and queries.

use std::str::FromStr;

use kernel::query::Params;
use kernel::text::Invalid;
use kernel::{Failure, Result};

/// How many characters somebody searches for.
pub(crate) const LONGEST_SEARCH: usize = 100;

/// The words that somebody searches for.
pub(crate) fn take_words(params: &mut Params, name: &str) -> Option<String> {
    let words = params.take(name)?;
    if words.chars().count() > LONGEST_SEARCH {
        params.refuse(name, format!("must have at most {LONGEST_SEARCH} characters"));
    }
    Some(words)
}

/// A part of the path that is checked by the use case, because a mistake in it is 400 and not 404.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part(String);

impl FromStr for Part {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Ok(Self(text.to_owned()))
    }
}

impl schemars::JsonSchema for Part {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Part".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "minLength": 1})
    }
}

impl Part {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its value; `name` is what the path calls it.
    pub fn read<T: FromStr<Err = Invalid>>(&self, name: &str) -> Result<T> {
        self.0.parse().map_err(|invalid: Invalid| Failure::field(name, invalid.0))
    }
}
