//! What happened, written in the same transaction as the change, until the relay has told it.

use contracts::{Command, Envelope, Event, Message};
use jiff::Timestamp;
use kernel::id::Ulid;
use kernel::{Failure, Result, time};
use platform::{config, invocation};
use serde::{Deserialize, Serialize};

use crate::record::{Key, Record};

/// The stream's filter selects on it.
pub const OUTBOX_KIND: &str = "outbox";

/// Partitions of the due index that outbox items are spread over, so that none is hot.
pub const SHARDS: u8 = 4;

pub fn shard_key(shard: u8) -> String {
    format!("OUTBOX#{shard}")
}

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Destination {
    /// The context's own topic.
    Topic,
    /// A queue, by name.
    Queue(String),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutboxMessage {
    pub to: Destination,
    pub envelope: Envelope,
}

impl OutboxMessage {
    pub fn event<E: Event>(event: &E) -> Result<Self> {
        Self::new(Destination::Topic, event)
    }

    pub fn command<C: Command>(command: &C) -> Result<Self> {
        Self::new(Destination::Queue(C::QUEUE.to_owned()), command)
    }

    fn new<M: Message>(to: Destination, message: &M) -> Result<Self> {
        let invocation = invocation::current();
        let envelope = Envelope {
            id: Ulid::generate(),
            kind: M::TYPE.to_owned(),
            version: M::VERSION,
            occurred_at: time::now(),
            producer: config::context(),
            subject_id: message.subject(),
            actor_id: invocation.actor_id.clone(),
            correlation_id: invocation.correlation_id.clone(),
            causation_id: invocation.causation_id.clone(),
            data: serde_json::to_value(message).map_err(Failure::internal)?,
        };
        Ok(Self { to, envelope })
    }
}

/// All messages of one transaction, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutboxItem {
    pub id: Ulid,
    pub written_at: Timestamp,
    pub messages: Vec<OutboxMessage>,
}

impl OutboxItem {
    pub fn new(messages: Vec<OutboxMessage>) -> Self {
        Self { id: Ulid::generate(), written_at: time::now(), messages }
    }
}

impl Record for OutboxItem {
    const KIND: &'static str = OUTBOX_KIND;

    fn key(&self) -> Key {
        Key::new(format!("OUTBOX#{}", self.id), "OUTBOX")
    }

    fn indexes(&self) -> Vec<(u8, Key)> {
        let shard = (self.id.random() % u128::from(SHARDS)) as u8;
        vec![(1, Key::new(shard_key(shard), self.id.to_string()))]
    }
}
