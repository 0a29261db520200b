//! Publishes what the relay left behind: a stream forgets after a day, the table does not.

use std::time::{Duration, Instant};

use kernel::id::Ulid;
use kernel::{Result, time};
use platform::describe::{Action, Description, Function, Grant, Kind};
use platform::log::Line;
use platform::{Aws, StartError, State};
use serde_json::Value;
use store::expression::text;
use store::{Item, OutboxItem, Record, SHARDS, Table, shard_key};

use crate::{Publisher, relay};

/// Younger items are the relay's.
const LEFT_BEHIND: Duration = time::minutes(1);
/// A minute later comes the next one.
const ENOUGH: Duration = time::seconds(30);
/// Items of one round for each shard.
const ROUND: i32 = 50;

pub struct Sweep {
    queues: &'static [&'static str],
}

/// The schedule that backs the relay up; with the same queues.
pub fn sweep(queues: &'static [&'static str]) -> Sweep {
    Sweep { queues }
}

impl Function for Sweep {
    type State = Publisher;
    type Event = Value;
    type Answer = Value;

    async fn start(&self, aws: &Aws) -> Result<Self::State, StartError> {
        Self::State::start(aws).await
    }

    fn describe(&self) -> Description {
        let mut description = Description::of(Kind::Schedule { every: time::minutes(1) });
        description.grants = relay::grants(self.queues);
        description.grants.push(Grant::Table(&[Action::Query]));
        description.timeout = time::seconds(50);
        description
    }

    async fn handle(&self, publisher: &'static Publisher, _: Value, line: &mut Line) -> Result<Value> {
        let before = time::now() - LEFT_BEHIND;
        let (mut done, begun) = (Round::default(), Instant::now());
        for shard in 0..SHARDS {
            let mut after = None;
            loop {
                let (found, more) =
                    left_behind(&publisher.table, shard, before.as_millisecond(), after).await?;
                done += round(publisher, found, line).await?;
                // What fails again and again must not starve what comes after it.
                after = more;
                if after.is_none() || begun.elapsed() > ENOUGH {
                    break;
                }
            }
        }
        // Anything but 0 means that a relay is not doing its work.
        line.metric("OutboxSwept", "Count", done.swept);
        line.metric("OutboxUnreadable", "Count", done.unreadable);
        line.outcome("ok");
        Ok(Value::from(done.swept))
    }
}

/// What became of the items of a round.
#[derive(Default)]
struct Round {
    swept: usize,
    unreadable: usize,
}

impl std::ops::AddAssign for Round {
    fn add_assign(&mut self, other: Self) {
        self.swept += other.swept;
        self.unreadable += other.unreadable;
    }
}

async fn round(publisher: &Publisher, found: Vec<Item>, line: &mut Line) -> Result<Round> {
    let (items, broken): (Vec<_>, Vec<_>) =
        found.into_iter().map(OutboxItem::from_item).partition(Result::is_ok);
    // One that nobody can read must not hold up the others.
    if let Some(Err(failure)) = broken.first() {
        line.cause(failure.for_operator().unwrap_or(&failure.detail));
    }
    let items: Vec<_> = items.into_iter().flatten().collect();
    let published = publisher.publish(&items).await?;
    if let Some(cause) = &published.cause {
        line.cause(cause);
    }
    Ok(Round { swept: items.len() - published.failed.len(), unreadable: broken.len() })
}

async fn left_behind(
    table: &Table,
    shard: u8,
    before_ms: i64,
    after: Option<Item>,
) -> Result<(Vec<Item>, Option<Item>)> {
    let newest = Ulid::from_parts(u64::try_from(before_ms).unwrap_or(0), 0);
    let answer = table
        .client
        .query()
        .table_name(&table.name)
        .index_name("gsi1")
        .key_condition_expression("gsi1pk = :shard AND gsi1sk < :newest")
        .expression_attribute_values(":shard", text(shard_key(shard)))
        .expression_attribute_values(":newest", text(newest))
        .set_exclusive_start_key(after)
        .limit(ROUND)
        .send()
        .await
        .map_err(store::failure)?;
    Ok((answer.items.unwrap_or_default(), answer.last_evaluated_key))
}
