//! Short forms for the values of expressions.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

pub fn text(value: impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

pub fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// `values([(":now", number(1))])`
pub fn values<const N: usize>(pairs: [(&str, AttributeValue); N]) -> Option<HashMap<String, AttributeValue>> {
    Some(HashMap::from(pairs.map(|(name, value)| (name.to_owned(), value))))
}
