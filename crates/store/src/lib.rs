//! DynamoDB as this platform uses it: one table a context, every write conditional, every state change
//! in one transaction with the events that tell of it.

mod below;
mod due;
pub mod expression;
mod outbox;
mod page;
mod record;
mod retry;
mod table;
mod transaction;

pub use due::due_key;
pub use outbox::{Destination, OUTBOX_KIND, OutboxItem, OutboxMessage, SHARDS, shard_key};
pub use page::{Listing, Pager};
pub use record::{Item, Key, Record};
pub use retry::{again, again_at, patiently};
pub use table::{Table, failure};
pub use transaction::Transaction;

pub use aws_sdk_dynamodb as sdk;
