//! Reviews: what people say of tours, treks, products, workers and jobs, and how these are rated.
//!
//! Access patterns of the table:
//!
//! | question | key or index | consistency |
//! |---|---|---|
//! | a review | `REVIEW#<id>` · `REVIEW` | strong |
//! | has this account reviewed this? | `SUBJECT#<kind>#<id>` · `REV#<user>` | strong: its key keeps a second one out |
//! | how is it rated? | `SUBJECT#<kind>#<id>` · `RATING` | strong: changes with the reviews |
//! | what is it, and who may see it? | `SUBJECT#<kind>#<id>` · `SUBJECT` | strong: a projection of tours, users, orders, jobs |
//! | what everybody may read of it, by time | index 2, `SHOWN#<kind>#<id>` · id of the review | eventual |
//! | the same, by stars | index 3, `SHOWN#<kind>#<id>#<stars>` · id of the review | eventual |
//! | what somebody wrote, by stars | index 4, `AUTHOR#<user>#<stars>`, with `#HIDDEN` what is not published | eventual |
//! | what waits for a moderator; all that is published | index 1, `STATUS#<status>#<stars>` · id of the review | eventual |
//! | what may somebody review? | `USER#<user>` · `MAY#<kind>#<id>#<booking, order or job>` | strong |
//! | what have they voted? | `USER#<user>` · `HELPFUL#<review>`, `REPORT#<review>` | strong: conditions only |
//! | which two reviews are published together? | `PAIR#<job>` · `PAIR` | strong |
//! | which of them are due? | index 1, `DUE#REVEAL#<shard>` · minute and job | eventual: asked every minute |
//! | what is somebody called? | `PERSON#<user>` · `PERSON` | strong: a projection of users |
//! | was this imported? | `REVIEW-SOURCE#<id>` · `GUARD` | strong |
//! | how many are there of each sort? | `COUNTERS#<shard>` · `COUNTERS` | strong, summed over the shards |

pub mod counters;
pub mod create;
mod due;
pub mod edit;
pub mod eligible;
pub mod evidence;
pub mod import;
pub mod list;
pub mod moderate;
pub mod page;
pub mod pair;
pub mod person;
pub mod personal;
pub mod rating;
pub mod review;
pub mod settle;
pub mod subject;
pub mod text;
pub mod vote;

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use backon::{ExponentialBuilder, Retryable};
use contracts::reviews::{RatingRecalculated, ReviewChanged};
use kernel::{Failure, Problem, Result};
use platform::describe::{Limit, Per, SchemaOf};
use platform::model::Entity;
use platform::{Aws, StartError, State};
use store::{Item, Key, OutboxMessage, Record, Table};
use web::limit;

/// Reads of what everybody may see (gateway.md's table).
pub const BROWSING: Limit = limit::per_quarter_hour("browse", 200, Per::Caller);

/// The context's table.
#[derive(Debug, Clone)]
pub struct Reviews {
    pub table: Table,
}

impl State for Reviews {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { table: Table::start(aws)? })
    }
}

impl Reviews {
    /// Items by their keys in one call, strongly consistent; up to 100 of them.
    pub(crate) async fn items(&self, keys: &[Key]) -> Result<HashMap<Key, Item>> {
        let mut found = HashMap::new();
        let mut left: Vec<_> = keys.iter().map(Key::to_item).collect();
        // An answer holds 16 MB at most; what did not fit is asked for again.
        for _ in 0..20 {
            if left.is_empty() {
                return Ok(found);
            }
            let wanted = KeysAndAttributes::builder()
                .consistent_read(true)
                .set_keys(Some(std::mem::take(&mut left)))
                .build()
                .map_err(Failure::internal)?;
            let request = self.table.client.batch_get_item().request_items(&self.table.name, wanted);
            let answer = request.send().await.map_err(store::failure)?;
            let items = answer.responses.unwrap_or_default().remove(&self.table.name).unwrap_or_default();
            found.extend(items.into_iter().filter_map(|item| Some((key_of(&item)?, item))));
            let unprocessed = answer.unprocessed_keys.unwrap_or_default().remove(&self.table.name);
            left = unprocessed.map(|keys| keys.keys).unwrap_or_default();
        }
        Err(Failure::unavailable("the table is throttled"))
    }
}

fn key_of(item: &Item) -> Option<Key> {
    let part = |name: &str| item.get(name)?.as_s().ok().cloned();
    Some(Key::new(part("pk")?, part("sk")?))
}

/// Does the work again, from reading on, when somebody else changed a review, a rating or a pair meanwhile.
pub(crate) async fn again<R, F: Future<Output = Result<R>>>(work: impl FnMut() -> F) -> Result<R> {
    let passing = |failure: &Failure| failure.problem == Problem::CONFLICT;
    let done = work.retry(patience()).when(passing).await;
    done.map_err(|failure| if passing(&failure) { Failure::unavailable(failure) } else { failure })
}

/// All who review one subject meet at its rating: with jitter they get there one after the other. Who does not in some
/// seconds, less than a function may run, is asked to come again.
fn patience() -> ExponentialBuilder {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(10))
        .with_max_delay(Duration::from_millis(500))
        .with_max_times(12)
        .with_jitter()
}

/// What a replay sends: ratings and what is shown of reviews.
pub fn snapshot(item: Item) -> Result<Option<OutboxMessage>> {
    match item.get("kind").and_then(|kind| kind.as_s().ok()).map(String::as_str) {
        Some(rating::Rating::KIND) => {
            let rating = rating::Rating::from_item(item)?;
            OutboxMessage::event(&RatingRecalculated::from(&rating)).map(Some)
        }
        Some(review::Review::KIND) => {
            let review = review::Review::from_item(item)?;
            OutboxMessage::event(&ReviewChanged::from(&review)).map(Some)
        }
        _ => Ok(None),
    }
}

/// The entities, for the documents.
pub fn model() -> Vec<Entity> {
    fn entity<T: schemars::JsonSchema>(name: &'static str, key: &'static str) -> Entity {
        let schema: SchemaOf = |generator| T::json_schema(generator);
        Entity { name, key, schema }
    }
    vec![
        entity::<review::Review>("Review", "pk REVIEW#id · sk REVIEW"),
        entity::<review::Authorship>("Authorship", "pk SUBJECT#kind#id · sk REV#author"),
        entity::<rating::Rating>("Rating", "pk SUBJECT#kind#id · sk RATING"),
        entity::<subject::Known>("Subject", "pk SUBJECT#kind#id · sk SUBJECT"),
        entity::<evidence::Evidence>("Evidence", "pk USER#user_id · sk MAY#kind#id#source_ref"),
        entity::<pair::Pair>("Pair", "pk PAIR#job_id · sk PAIR"),
        entity::<vote::Voted>("Voted", "pk USER#user_id · sk HELPFUL#review_id or REPORT#review_id"),
        entity::<person::Person>("Person", "pk PERSON#user_id · sk PERSON"),
    ]
}
