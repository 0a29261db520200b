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
//! | which of them are due? | index 1, `DUE#REVEAL#<shard>` · moment and job | eventual: asked every minute |
//! | what is somebody called? | `PERSON#<user>` · `PERSON` | strong: a projection of users |
//! | was this imported? | `REVIEW-SOURCE#<id>` · `GUARD` | strong |
//! | how many are there of each sort? | `COUNTERS#<shard>` · `COUNTERS` | strong, summed over the shards |

pub mod counters;
pub mod create;
pub mod edit;
pub mod eligible;
pub mod evidence;
pub mod import;
pub mod list;
pub mod moderate;
pub mod pair;
pub mod person;
pub mod personal;
pub mod rating;
pub mod review;
pub mod settle;
pub mod subject;
pub mod vote;

use contracts::reviews::{RatingRecalculated, ReviewChanged};
use kernel::Result;
use platform::describe::{Limit, Per, SchemaOf};
use platform::model::Entity;
use platform::{Aws, StartError, State};
use store::{Item, OutboxMessage, Record, Table};
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
