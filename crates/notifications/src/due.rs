//! The due index: what has to be done at a moment. An item leaves it when it is done, so nothing is missed.

use kernel::id::Ulid;
use kernel::{Result, Timestamp, time};
use store::expression::text;
use store::{Item, Key, Table};

/// Partitions of each kind.
const SHARDS: u8 = 4;

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// What was held back in somebody's quiet hours goes out.
    Deferred,
    /// Somebody's digest is sent.
    Digest,
}

impl Due {
    fn pk(self, shard: u8) -> String {
        let name = match self {
            Self::Deferred => "DEFERRED",
            Self::Digest => "DIGEST",
        };
        format!("DUE#{name}#{shard}")
    }
}

pub fn due_key(due: Due, id: Ulid, at: Timestamp) -> Key {
    let shard = (id.random() % u128::from(SHARDS)) as u8;
    Key::new(due.pk(shard), format!("{}#{id}", moment(at)))
}

/// In an order that is the one of time: all parts have the same width.
fn moment(at: Timestamp) -> String {
    format!("{:020}", at.as_millisecond().max(0))
}

/// What is due by now, the oldest first in each partition; `most` of each.
pub async fn due_now(table: &Table, due: Due, most: i32) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    for shard in 0..SHARDS {
        let answer = table
            .client
            .query()
            .table_name(&table.name)
            .index_name("gsi1")
            .key_condition_expression("gsi1pk = :due AND gsi1sk < :now")
            .expression_attribute_values(":due", text(due.pk(shard)))
            .expression_attribute_values(":now", text(moment(time::now())))
            .limit(most)
            .send()
            .await
            .map_err(store::failure)?;
        items.extend(answer.items.unwrap_or_default());
    }
    Ok(items)
}
