//! Outbox, relay, consumer and replay, against a table and queues in the offline cloud.

mod common;
mod consumer;
mod outbox;
mod replay;
