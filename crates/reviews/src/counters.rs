//! Numbers for moderators, kept with every change of a review, so that nobody has to count (RV-11).

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::Update;
use kernel::{Failure, Result, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Table;
use store::expression::number;
use store::{Item, Key, Listing, Transaction};

use crate::list::Reader;
use crate::rating::average;
use crate::review::{Review, Status};
use crate::subject::Kind;

/// Items that the counters are spread over, so that none is hot.
const SHARDS: u8 = 8;

fn key_of(shard: u8) -> Key {
    Key::new(format!("COUNTERS#{shard}"), "COUNTERS")
}

/// By how much each counter changes.
#[derive(Debug, Default)]
pub(crate) struct Tally(BTreeMap<String, i64>);

impl Tally {
    pub(crate) fn changed(&mut self, before: Option<&Review>, after: Option<&Review>) {
        let sides = before.map(|review| (review, -1)).into_iter().chain(after.map(|review| (review, 1)));
        for (review, by) in sides {
            for name in counted(review) {
                *self.0.entry(name).or_default() += by;
            }
        }
    }
}

/// The counters that a review is part of.
fn counted(review: &Review) -> Vec<String> {
    let mut names = vec![format!("status_{}", review.status.name()), format!("kind_{}", review.subject_kind)];
    if review.is_visible() {
        names.push(format!("stars_{}", review.rating));
    }
    let others = [
        ("held", review.held),
        ("imported", review.imported),
        ("responded", review.response.is_some()),
        ("reported", review.open_reports > 0),
    ];
    names.extend(others.into_iter().filter(|(_, is)| *is).map(|(name, _)| name.to_owned()));
    names
}

pub(crate) fn count(effect: Transaction, table: &Table, tally: Tally) -> Result<Transaction> {
    let changed: Vec<_> = tally.0.into_iter().filter(|(_, by)| *by != 0).collect();
    if changed.is_empty() {
        return Ok(effect);
    }
    let shard = (kernel::id::Ulid::generate().random() % u128::from(SHARDS)) as u8;
    let parts: Vec<_> = (0..changed.len()).map(|at| format!("#c{at} :c{at}")).collect();
    let mut update = Update::builder()
        .table_name(&table.name)
        .set_key(Some(key_of(shard).to_item()))
        .update_expression(format!("ADD {}", parts.join(", ")));
    for (at, (name, by)) in changed.into_iter().enumerate() {
        update = update
            .expression_attribute_names(format!("#c{at}"), name)
            .expression_attribute_values(format!(":c{at}"), number(by));
    }
    let update = update.build().map_err(Failure::internal)?;
    Ok(effect.update(update, Failure::internal("a count without a condition was refused")))
}

/// How reviews stand, as moderators see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Analytics {
    pub total: u64,
    pub by_status: BTreeMap<String, u64>,
    pub by_kind: BTreeMap<String, u64>,
    /// Of those that everybody may see.
    pub distribution: BTreeMap<String, u64>,
    /// Of those that everybody may see, with one decimal; 0 without any.
    pub average: f64,
    /// Wait for the other side.
    pub held: u64,
    pub imported: u64,
    /// Were answered by the reviewed.
    pub responded: u64,
    /// Were reported since a moderator looked at them last.
    pub reported: u64,
    /// When the oldest of those that wait for a moderator was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_since: Option<Timestamp>,
}

impl Analytics {
    fn new(items: &[Item], waiting_since: Option<Timestamp>) -> Self {
        let mut sums = BTreeMap::<&str, i64>::new();
        for (name, value) in items.iter().flatten() {
            if let Some(count) = value.as_n().ok().and_then(|count| count.parse::<i64>().ok()) {
                *sums.entry(name).or_default() += count;
            }
        }
        let of = |name: &str| u64::try_from(sums.get(name).copied().unwrap_or(0)).unwrap_or(0);
        let (mut stars, mut distribution) = (0, BTreeMap::new());
        for rating in 1..=5 {
            let count = of(&format!("stars_{rating}"));
            stars += rating * count;
            distribution.insert(rating.to_string(), count);
        }
        let by_status: BTreeMap<_, _> = Status::ALL
            .into_iter()
            .map(|it| (it.name().to_owned(), of(&format!("status_{}", it.name()))))
            .collect();
        let by_kind = Kind::ALL.into_iter().map(|it| (it.to_string(), of(&format!("kind_{it}"))));
        Self {
            total: by_status.values().sum(),
            by_kind: by_kind.collect(),
            average: average(stars, distribution.values().sum()),
            held: of("held"),
            imported: of("imported"),
            responded: of("responded"),
            reported: of("reported"),
            by_status,
            distribution,
            waiting_since,
        }
    }
}

impl Reader {
    pub async fn analytics(&self) -> Result<Analytics> {
        let keys: Vec<_> = (0..SHARDS).map(key_of).collect();
        let items: Vec<_> = self.reviews.table.items(&keys, true).await?.into_values().collect();
        let mut waiting = None;
        for rating in 1..=5 {
            let pk = Review::status_key(Status::Pending, rating);
            let listing = Listing { index: Some(1), pk: &pk, prefix: "", newest_first: false };
            let oldest = self.newest(listing, 1).await?.first().map(|review| review.created_at);
            waiting = [waiting, oldest].into_iter().flatten().min();
        }
        Ok(Analytics::new(&items, waiting))
    }
}
