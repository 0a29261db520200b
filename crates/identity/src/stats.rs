//! ID-23: how many accounts there are in which state, who signs in, and who is locked, as [`crate::count`] counts it.

use kernel::{Result, Timestamp, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::expression::{number, text};
use store::sdk::types::{AttributeValue, Select};
use store::{Item, Key};
use web::Json;

use crate::Identity;
use crate::count::{Day, SHARDS, Standing, month_key, totals_key};

/// Days that are answered.
const DAYS: u64 = 30;
/// Locked accounts that are counted one by one.
const MOST_LOCKED: i32 = 1_000;

/// What administrators see of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "AccountStats")]
pub struct Stats {
    pub accounts: Totals,
    /// Accounts that take no password now; 1,000 means as many or more.
    pub locked: u32,
    /// Of the last thirty days (UTC), today last.
    pub log_ins: Vec<LogIns>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Totals {
    pub unverified: u64,
    pub active: u64,
    pub deactivated: u64,
    pub suspended: u64,
    pub deleted: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LogIns {
    #[schemars(extend("format" = "date"))]
    pub day: String,
    pub count: u64,
}

impl Identity {
    /// Two calls, however many accounts there are.
    pub async fn stats(&self) -> Result<Json<Stats>> {
        let now = time::now();
        let days: Vec<_> = (0..DAYS).rev().map(|ago| Day::of(now - time::days(ago))).collect();
        let (first, last) = (&days[0].month, &days[days.len() - 1].month);
        let totals: [Key; SHARDS] = std::array::from_fn(totals_key);
        let months: [Key; SHARDS] = std::array::from_fn(|shard| month_key(shard, last));
        // Thirty days reach into at most one month before; within one month both are the same items.
        let before: [Key; SHARDS] = std::array::from_fn(|shard| {
            let month = if first == last { "none" } else { first };
            month_key(shard, month)
        });
        let keys: [Key; 3 * SHARDS] =
            std::array::from_fn(|at| [&totals, &before, &months][at / SHARDS][at % SHARDS].clone());
        let items = self.table.each(keys).await?;
        let sum = |part: usize, attribute: &str| {
            let items = items[part * SHARDS..(part + 1) * SHARDS].iter().flatten();
            u64::try_from(items.map(|item| value(item, attribute)).sum::<i64>()).unwrap_or(0)
        };
        let total = |standing: Standing| sum(0, standing.name());
        let log_ins = days.iter().map(|day| LogIns {
            count: sum(if day.month == *last { 2 } else { 1 }, &day.attribute),
            day: day.date.clone(),
        });
        Ok(Json::new(Stats {
            accounts: Totals {
                unverified: total(Standing::Unverified),
                active: total(Standing::Active),
                deactivated: total(Standing::Deactivated),
                suspended: total(Standing::Suspended),
                deleted: total(Standing::Deleted),
            },
            locked: self.locked(now).await?,
            log_ins: log_ins.collect(),
        }))
    }

    async fn locked(&self, now: Timestamp) -> Result<u32> {
        let query = self
            .table
            .client
            .query()
            .table_name(&self.table.name)
            .key_condition_expression("pk = :pk")
            .filter_expression("until_ms > :now")
            .expression_attribute_values(":pk", text("LOCKED"))
            .expression_attribute_values(":now", number(now.as_millisecond()))
            .select(Select::Count)
            .limit(MOST_LOCKED);
        let answer = query.send().await.map_err(store::failure)?;
        Ok(u32::try_from(answer.count()).unwrap_or(0))
    }
}

fn value(item: &Item, attribute: &str) -> i64 {
    item.get(attribute).map(AttributeValue::as_n).and_then(|n| n.ok()?.parse().ok()).unwrap_or(0)
}
