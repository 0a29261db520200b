//! The due index (index 1): what has to be done at a moment. An item leaves it when it is done, so nothing is missed.

use kernel::{Result, Timestamp};

use crate::expression::text;
use crate::record::{Item, Key};
use crate::table::{Table, failure};

/// Partitions of each kind, so that none is hot.
const SHARDS: u8 = 4;

/// Where an item stands in the index until `what` was done with it.
pub fn due_key(what: &str, id: impl ToString, at: Timestamp) -> Key {
    let id = id.to_string();
    let shard = id.bytes().fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte)) % SHARDS;
    Key::new(partition(what, shard), format!("{}#{id}", moment(at)))
}

impl Table {
    /// What is due by then, the oldest first in each partition; `most` of each.
    pub async fn due(&self, what: &str, then: Timestamp, most: i32) -> Result<Vec<Item>> {
        let mut items = Vec::new();
        for shard in 0..SHARDS {
            let answer = self
                .client
                .query()
                .table_name(&self.name)
                .index_name("gsi1")
                .key_condition_expression("gsi1pk = :due AND gsi1sk < :then")
                .expression_attribute_values(":due", text(partition(what, shard)))
                // Behind every id of that very moment.
                .expression_attribute_values(":then", text(format!("{}~", moment(then))))
                .limit(most)
                .send()
                .await
                .map_err(failure)?;
            items.extend(answer.items.unwrap_or_default());
        }
        Ok(items)
    }
}

fn partition(what: &str, shard: u8) -> String {
    format!("DUE#{what}#{shard}")
}

/// In an order that is the one of time: all have the same width.
fn moment(at: Timestamp) -> String {
    format!("{:020}", at.as_millisecond().max(0))
}
