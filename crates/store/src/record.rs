//! How an entity becomes an item and back.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use kernel::{Failure, Result, Timestamp, time};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub type Item = HashMap<String, AttributeValue>;

/// Where an item lives.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    pub pk: String,
    pub sk: String,
}

impl Key {
    pub fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }

    pub fn of(item: &Item) -> Option<Self> {
        let part = |name: &str| item.get(name)?.as_s().ok().cloned();
        Some(Self { pk: part("pk")?, sk: part("sk")? })
    }

    pub fn to_item(&self) -> Item {
        Item::from([
            ("pk".into(), AttributeValue::S(self.pk.clone())),
            ("sk".into(), AttributeValue::S(self.sk.clone())),
        ])
    }
}

/// An entity that is stored as one item.
pub trait Record: Serialize + DeserializeOwned {
    /// The item's `kind` attribute.
    const KIND: &'static str;
    /// Grows when the stored form changes; readers take the version before, too.
    const SCHEMA: u32 = 1;

    fn key(&self) -> Key;

    /// The version the entity was read with; `0` for kinds that are never replaced.
    fn version(&self) -> u64 {
        0
    }

    /// Partition and sort key in index 1 (the due index), index 2, and so on, by number.
    fn indexes(&self) -> Vec<(u8, Key)> {
        Vec::new()
    }

    /// When DynamoDB may delete the item. Code decides on expiry by itself: deletion comes late.
    fn expires(&self) -> Option<Timestamp> {
        None
    }

    /// Brings an item of an older schema into the present form.
    fn upgrade(item: Item, _from: u32) -> Item {
        item
    }

    fn to_item(&self) -> Result<Item> {
        let mut item: Item = serde_dynamo::to_item(self).map_err(Failure::internal)?;
        item.values_mut().for_each(fit);
        item.extend(self.key().to_item());
        item.insert("kind".into(), AttributeValue::S(Self::KIND.into()));
        item.insert("schema_version".into(), number(Self::SCHEMA));
        for (index, key) in self.indexes() {
            item.insert(format!("gsi{index}pk"), AttributeValue::S(key.pk));
            item.insert(format!("gsi{index}sk"), AttributeValue::S(key.sk));
        }
        if let Some(at) = self.expires() {
            item.insert("expires".into(), number(time::expiry_seconds(at)));
        }
        // An absent optional is an absent attribute, so that conditions can ask for its existence.
        item.retain(|_, value| !matches!(value, AttributeValue::Null(_)));
        Ok(item)
    }

    fn from_item(item: Item) -> Result<Self> {
        let stored = match item.get("schema_version") {
            Some(AttributeValue::N(version)) => version.parse().unwrap_or(Self::SCHEMA),
            _ => Self::SCHEMA,
        };
        let item = if stored < Self::SCHEMA { Self::upgrade(item, stored) } else { item };
        serde_dynamo::from_item(item).map_err(|error| Failure::internal(format!("{}: {error}", Self::KIND)))
    }
}

/// Makes what is nearer to nothing than DynamoDB's numbers reach (10⁻¹³⁰, its developer guide, "Naming rules and data
/// types") nothing: a client may send any number within the bounds of its field.
fn fit(value: &mut AttributeValue) {
    match value {
        AttributeValue::N(text) if is_too_small(text) => *text = "0".into(),
        AttributeValue::L(values) => values.iter_mut().for_each(fit),
        AttributeValue::M(values) => values.values_mut().for_each(fit),
        _ => {}
    }
}

fn is_too_small(number: &str) -> bool {
    // Only what is no whole number is written with a point.
    number.contains('.') && number.parse::<f64>().is_ok_and(|number| number.abs() < 1e-130)
}

pub(crate) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Veil {
        opacity: f64,
        stops: Vec<f64>,
    }

    impl Record for Veil {
        const KIND: &'static str = "veil";

        fn key(&self) -> Key {
            Key::new("VEIL", "VEIL")
        }
    }

    #[test]
    fn what_is_too_small_for_the_table_is_nothing_and_everything_else_stays() {
        let veil = Veil { opacity: -6.670313360560885e-152, stops: vec![1e-131, 1e-129, 0.25] };
        let back = Veil::from_item(veil.to_item().unwrap()).unwrap();
        assert_eq!((back.opacity, back.stops), (0.0, vec![0.0, 1e-129, 0.25]));
    }
}
