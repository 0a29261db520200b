//! The due index: what has to be done at a moment. An item leaves it when it is done, so nothing is missed.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::id::Ulid;
use kernel::{Result, Timestamp};
use store::expression::text;
use store::{Item, Key, Table};

/// Partitions of each kind, so that none is hot.
const SHARDS: u8 = 4;

/// What is to be done, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Nobody has paid: the seats become free.
    Hold(Timestamp),
    /// On the morning of a day, whichever that is where the operator is.
    Day(Date),
    /// A departure begins or ends.
    Batch(Timestamp),
}

impl Due {
    fn name(self) -> &'static str {
        match self {
            Self::Hold(_) => "HOLD",
            Self::Day(_) => "DAY",
            Self::Batch(_) => "BATCH",
        }
    }

    fn moment(self) -> String {
        let at = match self {
            Self::Hold(at) | Self::Batch(at) => at.as_millisecond(),
            Self::Day(date) => date
                .to_datetime(jiff::civil::Time::midnight())
                .to_zoned(TimeZone::UTC)
                .map_or(0, |at| at.timestamp().as_millisecond()),
        };
        // In an order that is the one of time: all have the same width.
        format!("{:020}", at.max(0))
    }
}

pub fn key(due: Due, id: Ulid) -> Key {
    let shard = (id.random() % u128::from(SHARDS)) as u8;
    Key::new(format!("DUE#{}#{shard}", due.name()), format!("{}#{id}", due.moment()))
}

/// What is due by then, the oldest first in each partition; `most` of each.
pub async fn until(table: &Table, due: Due, most: i32) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    for shard in 0..SHARDS {
        let answer = table
            .client
            .query()
            .table_name(&table.name)
            .index_name("gsi1")
            .key_condition_expression("gsi1pk = :due AND gsi1sk < :then")
            .expression_attribute_values(":due", text(format!("DUE#{}#{shard}", due.name())))
            .expression_attribute_values(":then", text(format!("{}~", due.moment())))
            .limit(most)
            .send()
            .await
            .map_err(store::failure)?;
        items.extend(answer.items.unwrap_or_default());
    }
    Ok(items)
}
