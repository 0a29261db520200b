//! How many bookings are in which state, and what they brought: counted with every change, in shards.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::Update;
use kernel::{Failure, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::expression::number;
use store::{Item, Key, Table, Transaction};

use crate::Bookings;
use crate::booking::{Booking, BookingStatus};

/// So that changes of two bookings seldom meet.
const SHARDS: u128 = 16;
const PAID: &str = "paid_in_";
const REFUNDED: &str = "refunded_in_";

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Statistics {
    /// Bookings by state.
    pub bookings: BTreeMap<String, i64>,
    /// Minor units that came, by currency.
    pub paid: BTreeMap<String, i64>,
    /// Minor units that went back, by currency.
    pub refunded: BTreeMap<String, i64>,
}

fn key_of(shard: u128) -> Key {
    Key::new(format!("STATISTICS#{shard}"), "STATISTICS")
}

fn counts(booking: &Booking) -> BTreeMap<String, i64> {
    let currency = booking.price.currency;
    BTreeMap::from([
        (booking.status.to_string(), 1),
        (format!("{PAID}{currency}"), booking.paid),
        (format!("{REFUNDED}{currency}"), booking.refunded()),
    ])
}

/// Adds the difference that a change makes.
pub(crate) fn counted(
    effect: Transaction,
    table: &Table,
    before: Option<&Booking>,
    after: &Booking,
) -> Result<Transaction> {
    let mut difference = counts(after);
    for (name, count) in before.map(counts).unwrap_or_default() {
        *difference.entry(name).or_default() -= count;
    }
    difference.retain(|_, by| *by != 0);
    add(effect, table, after, &difference)
}

/// Takes a booking out that never counted.
pub(crate) fn uncounted(effect: Transaction, table: &Table, booking: &Booking) -> Result<Transaction> {
    let mut all = counts(booking);
    all.values_mut().for_each(|count| *count = -*count);
    all.retain(|_, by| *by != 0);
    add(effect, table, booking, &all)
}

fn add(effect: Transaction, table: &Table, of: &Booking, by: &BTreeMap<String, i64>) -> Result<Transaction> {
    if by.is_empty() {
        return Ok(effect);
    }
    let shard = of.id.ulid().random() % SHARDS;
    let mut update = Update::builder().table_name(&table.name).set_key(Some(key_of(shard).to_item()));
    let mut additions = Vec::new();
    for (at, (name, by)) in by.iter().enumerate() {
        update = update
            .expression_attribute_names(format!("#c{at}"), name)
            .expression_attribute_values(format!(":c{at}"), number(by));
        additions.push(format!("#c{at} :c{at}"));
    }
    let update = update.update_expression(format!("ADD {}", additions.join(", ")));
    let update = update.build().map_err(Failure::internal)?;
    Ok(effect.update(update, Failure::internal("a count without a condition was refused")))
}

impl Bookings {
    pub async fn statistics(&self) -> Result<Statistics> {
        let keys: Vec<_> = (0..SHARDS).map(key_of).collect();
        let mut all = Statistics::default();
        for item in self.table.items(&keys, true).await?.into_values() {
            all.add(&item);
        }
        Ok(all)
    }
}

impl Statistics {
    fn add(&mut self, item: &Item) {
        for (name, value) in item {
            let Some(count) = value.as_n().ok().and_then(|it| it.parse::<i64>().ok()) else { continue };
            let (list, name) = if let Some(currency) = name.strip_prefix(PAID) {
                (&mut self.paid, currency)
            } else if let Some(currency) = name.strip_prefix(REFUNDED) {
                (&mut self.refunded, currency)
            } else if name.parse::<BookingStatus>().is_ok() {
                (&mut self.bookings, name.as_str())
            } else {
                continue;
            };
            *list.entry(name.to_owned()).or_default() += count;
        }
    }
}
