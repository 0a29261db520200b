//! The due index: when what is held back is published. An item leaves it when that is done, so nothing is missed.

use kernel::{Result, Timestamp, time};
use store::expression::text;
use store::{Item, Key, Table};

/// Partitions of the index.
const SHARDS: u64 = 4;
/// Deadlines of one minute stand together, and are done together.
const BUCKET_MS: i64 = 60_000;

fn pk(shard: u64) -> String {
    format!("DUE#REVEAL#{shard}")
}

/// In an order that is the one of time: all buckets have the same width.
fn bucket(at: Timestamp) -> String {
    format!("{:012}", at.as_millisecond().max(0) / BUCKET_MS)
}

pub fn due_key(id: &str, at: Timestamp) -> Key {
    let shard = id.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())) % SHARDS;
    Key::new(pk(shard), format!("{}#{id}", bucket(at)))
}

/// Whose minute is over, the oldest first in each partition; `most` of each.
pub async fn due_now(table: &Table, most: i32) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    for shard in 0..SHARDS {
        let answer = table
            .client
            .query()
            .table_name(&table.name)
            .index_name("gsi1")
            .key_condition_expression("gsi1pk = :due AND gsi1sk < :now")
            .expression_attribute_values(":due", text(pk(shard)))
            .expression_attribute_values(":now", text(bucket(time::now())))
            .limit(most)
            .send()
            .await
            .map_err(store::failure)?;
        items.extend(answer.items.unwrap_or_default());
    }
    Ok(items)
}
