//! A document, and the postings that find it.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Failure, Result, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::Item;
use store::sdk::types::AttributeValue;

use crate::geo::Point;
use crate::{ALL, SHARDS, Schema, WORD, text};

/// Words of one document that are terms; those of the most weight come first.
const MOST_WORDS: usize = 40;
/// Cells from 5,000 km down to 1 km wide: whatever the radius, a few of one size cover it.
pub(crate) const PRECISIONS: std::ops::RangeInclusive<u8> = 1..=6;

/// How much it says about a document that a word stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    Title,
    Skill,
    Rest,
}

/// What lists are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ranks {
    /// In hundredths.
    pub rating: u32,
    /// In minor units; what has none comes last.
    pub price: Option<u64>,
    pub created_ms: i64,
}

impl Ranks {
    pub fn new(rating: u32, price: Option<u64>, created: Timestamp) -> Self {
        Self { rating, price, created_ms: created.as_millisecond() }
    }
}

/// Something that can be found.
#[derive(Debug, Clone)]
pub struct Document<C> {
    /// Sortable, and of one length within an index.
    pub id: String,
    pub texts: Vec<(Weight, String)>,
    pub facets: Vec<(&'static str, String)>,
    pub ranks: Ranks,
    pub point: Option<Point>,
    /// What the list shows.
    pub card: C,
}

/// The compact copy of a document that each of its postings carries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Posting<C> {
    pub id: String,
    pub words: Vec<String>,
    /// `city:accra`
    pub facets: BTreeSet<String>,
    #[serde(flatten)]
    pub ranks: Ranks,
    pub point: Option<Point>,
    pub card: C,
}

/// A posting that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit<C> {
    pub id: String,
    pub card: C,
    /// From the point that was asked for.
    pub km: Option<f64>,
}

/// Sort keys by partition: which postings there are of a document.
pub(crate) type Keys = BTreeMap<String, BTreeSet<String>>;

pub(crate) struct Entries {
    /// Everything but the keys.
    body: Item,
    pub digest: String,
    ranks: Ranks,
    id: String,
    pub keys: Keys,
}

impl Entries {
    pub fn none() -> Self {
        let ranks = Ranks { rating: 0, price: None, created_ms: 0 };
        Self { body: Item::new(), digest: String::new(), ranks, id: String::new(), keys: Keys::new() }
    }

    pub fn of<C: Serialize>(schema: &Schema, document: &Document<C>) -> Result<Self> {
        let words = weighed(&document.texts);
        let facets: Vec<_> = document.facets.iter().map(|(name, value)| (*name, text::slug(value))).collect();
        let mut terms = Terms::default();
        terms.add(shard(&document.id), Weight::Rest);
        for (name, value) in &facets {
            terms.add(term(name, value), Weight::Rest);
        }
        for (word, weight) in &words {
            for prefix in text::prefixes(word) {
                terms.add(term(WORD, &prefix), *weight);
            }
        }
        for (first, second) in schema.pairs {
            let (left, right) = (terms_of(first, &words, &facets), terms_of(second, &words, &facets));
            for (one, weight) in &left {
                for (other, _) in &right {
                    terms.add(format!("{one}|{other}"), *weight);
                }
            }
        }
        let posting = Posting {
            id: document.id.clone(),
            words: words.into_iter().map(|(word, _)| word).collect(),
            facets: facets.iter().map(|(name, value)| term(name, value)).collect(),
            ranks: document.ranks,
            point: document.point,
            card: &document.card,
        };
        let mut keys = Keys::new();
        for (term, weight) in terms.0 {
            let sort = format!("{}{}#{}", weight as u8, rating_key(document.ranks.rating), document.id);
            keys.entry(sort).or_default().insert(format!("TERM#{}#{term}", schema.name));
        }
        if let Some(point) = document.point {
            let cells = PRECISIONS.map(|precision| cell(schema, &point.cell(precision)));
            keys.entry(document.id.clone()).or_default().extend(cells);
        }
        let json = serde_json::to_vec(&posting).map_err(Failure::internal)?;
        let digest = Sha256::digest(&json).iter().take(12).map(|byte| format!("{byte:02x}")).collect();
        let mut body: Item = serde_dynamo::to_item(&posting).map_err(Failure::internal)?;
        body.insert("kind".into(), AttributeValue::S("posting".into()));
        body.retain(|_, value| !matches!(value, AttributeValue::Null(_)));
        Ok(Self { body, digest, ranks: document.ranks, id: document.id.clone(), keys })
    }

    /// The posting at a key, for the table.
    pub fn item(&self, pk: &str, sk: &str) -> Item {
        let mut item = self.body.clone();
        let mut set = |name: &str, value: &str| item.insert(name.into(), AttributeValue::S(value.into()));
        set("pk", pk);
        set("sk", sk);
        if pk.starts_with("TERM#") {
            let Ranks { rating, price, created_ms } = self.ranks;
            let sorts = [rating_key(rating), price_key(price), newest_key(created_ms)];
            for (index, sort) in (2..).zip(sorts) {
                set(&format!("gsi{index}pk"), pk);
                set(&format!("gsi{index}sk"), &format!("{sort}#{}", self.id));
            }
        }
        item
    }
}

/// The words of a document with the best weight of each, the heaviest first.
fn weighed(texts: &[(Weight, String)]) -> Vec<(String, Weight)> {
    let mut texts: Vec<_> = texts.iter().collect();
    texts.sort_by_key(|(weight, _)| *weight);
    let mut seen = BTreeSet::new();
    let all = texts
        .into_iter()
        .flat_map(|(weight, text)| text::words(text).into_iter().map(|word| (word, *weight)));
    all.filter(|(word, _)| seen.insert(word.clone())).take(MOST_WORDS).collect()
}

fn terms_of(name: &str, words: &[(String, Weight)], facets: &[(&str, String)]) -> Vec<(String, Weight)> {
    if name == WORD {
        let all = words.iter().flat_map(|(word, weight)| {
            text::prefixes(word).into_iter().map(|prefix| (term(WORD, &prefix), *weight))
        });
        return all.collect();
    }
    let own = facets.iter().filter(|(facet, _)| *facet == name);
    own.map(|(name, value)| (term(name, value), Weight::Rest)).collect()
}

/// Each term once, with its best weight.
#[derive(Default)]
struct Terms(BTreeMap<String, Weight>);

impl Terms {
    fn add(&mut self, term: String, weight: Weight) {
        let known = self.0.entry(term).or_insert(weight);
        *known = weight.min(*known);
    }
}

/// Values are letters, digits and dashes, so no value can pretend to be another term.
pub(crate) fn term(name: &str, value: &str) -> String {
    format!("{name}:{value}")
}

pub(crate) fn cell(schema: &Schema, hash: &str) -> String {
    format!("GEO#{}#{hash}", schema.name)
}

fn shard(id: &str) -> String {
    let sum = id.bytes().fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte));
    format!("{ALL}~{}", sum % SHARDS)
}

/// The best first.
pub(crate) fn rating_key(rating: u32) -> String {
    format!("{:04}", 9_999_u32.saturating_sub(rating))
}

/// The cheapest first, and last what has no price.
pub(crate) fn price_key(price: Option<u64>) -> String {
    price.map_or("~".into(), |price| format!("{price:015}"))
}

fn newest_key(created_ms: i64) -> String {
    format!("{:015}", 999_999_999_999_999_i64.saturating_sub(created_ms))
}

impl<C: DeserializeOwned> Posting<C> {
    pub(crate) fn read(item: Item) -> Result<Self> {
        serde_dynamo::from_item(item).map_err(|error| Failure::internal(format!("posting: {error}")))
    }
}
