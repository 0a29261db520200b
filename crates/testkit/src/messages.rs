//! Messages as queues bring them, and what the outbox tells.

use std::collections::BTreeMap;

use contracts::{Envelope, Message};
use kernel::id::Ulid;
use kernel::{Timestamp, time};
use messaging::{Incoming, Received};
use serde_json::Value;
use store::{OutboxItem, Table};

use crate::Cloud;

/// Who remembers in tests what was done before.
const CONSUMER: &str = "test";

/// A message on its way, told just now.
pub fn envelope<M: Message>(message: &M) -> Envelope {
    envelope_at(message, time::now())
}

pub fn envelope_at<M: Message>(message: &M, at: Timestamp) -> Envelope {
    Envelope {
        id: Ulid::generate(),
        kind: M::TYPE.to_owned(),
        version: M::VERSION,
        occurred_at: at,
        producer: "test".into(),
        subject_id: message.subject(),
        actor_id: None,
        correlation_id: "test".into(),
        causation_id: None,
        data: serde_json::to_value(message).expect("JSON"),
    }
}

/// A message as a handler gets it; the same one again is a clone of it.
pub fn received<M: Message>(message: M) -> Received<M> {
    let envelope = envelope(&message);
    Received::new(message, envelope, CONSUMER)
}

/// What a consumer reads from an envelope: a message, or one of several.
pub fn taken<I: Incoming>(envelope: Envelope) -> Received<I> {
    let message = I::read(&envelope).unwrap_or_else(|why| panic!("{why:?} in {envelope:?}"));
    Received::new(message, envelope, CONSUMER)
}

impl Cloud {
    /// Everything in the outbox, oldest first.
    pub async fn messages(&self, table: &Table) -> Vec<Envelope> {
        let mut items: Vec<OutboxItem> = self.all(table).await;
        items.sort_by_key(|item| item.id);
        items.into_iter().flat_map(|item| item.messages).map(|message| message.envelope).collect()
    }

    /// What was told of one type, oldest first.
    pub async fn told(&self, table: &Table, kind: &str) -> Vec<Value> {
        let messages = self.messages(table).await.into_iter().filter(|envelope| envelope.kind == kind);
        messages.map(|envelope| envelope.data).collect()
    }

    /// The messages of one type, oldest first.
    pub async fn sent<M: Message>(&self, table: &Table) -> Vec<M> {
        let told = self.told(table, M::TYPE).await.into_iter();
        told.map(|data| serde_json::from_value(data).expect("a message")).collect()
    }

    /// How many messages of each type wait in the outbox.
    pub async fn counts(&self, table: &Table) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for envelope in self.messages(table).await {
            *counts.entry(envelope.kind).or_default() += 1;
        }
        counts
    }
}
