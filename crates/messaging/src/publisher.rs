//! Sends outbox items to where they go and removes those that arrived.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_sns::types::{MessageAttributeValue, PublishBatchRequestEntry};
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use contracts::Envelope;
use kernel::{Failure, Result};
use platform::{Aws, StartError, State, config, describe};
use store::sdk::types::{DeleteRequest, WriteRequest};
use store::{Destination, OutboxItem, Record, Table};

/// SNS and SQS take so many messages in one call.
const BATCH: usize = 10;
/// SNS and SQS take so many bytes in one call (256 KB), less what attributes need.
const BATCH_BYTES: usize = 200_000;
/// DynamoDB takes so many deletions in one call.
const DELETIONS: usize = 25;

#[derive(Debug, Clone)]
pub struct Publisher {
    pub table: Table,
    sns: aws_sdk_sns::Client,
    sqs: aws_sdk_sqs::Client,
    topic: String,
    /// Addresses of the granted queues, by the variable that comes with a grant.
    queues: BTreeMap<String, String>,
}

impl State for Publisher {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        let publisher = Self::new(aws, Table::start(aws)?, config::required("TOPIC_ARN")?, granted_queues());
        publisher.table.connect().await?;
        Ok(publisher)
    }
}

impl Publisher {
    pub fn new(aws: &Aws, table: Table, topic: String, queues: BTreeMap<String, String>) -> Self {
        Self { table, sns: aws.sns(), sqs: aws.sqs(), topic, queues }
    }

    /// Publishes all messages, then removes the items whose messages all arrived. Dying in between means
    /// publishing again: consumers do it once.
    pub async fn publish(&self, items: &[OutboxItem]) -> Result<Published> {
        let mut published = Published::default();
        for (destination, messages) in by_destination(items) {
            for batch in batches(&messages) {
                match self.send(destination, batch).await {
                    Ok(refused) => published.failed.extend(refused.iter().map(|at| batch[*at].item)),
                    Err(failure) => {
                        published.failed.extend(batch.iter().map(|message| message.item));
                        published.cause = failure.for_operator().map(str::to_owned);
                    }
                }
            }
        }
        let arrived = items.iter().enumerate().filter(|(at, _)| !published.failed.contains(at));
        self.remove(arrived.map(|(_, item)| item)).await?;
        Ok(published)
    }

    async fn send(&self, to: &Destination, batch: &[Outgoing<'_>]) -> Result<Vec<usize>> {
        match to {
            Destination::Topic => self.send_to_topic(batch).await,
            Destination::Queue(queue) => self.send_to_queue(queue, batch).await,
        }
    }

    /// Positions in the batch that were refused.
    async fn send_to_topic(&self, batch: &[Outgoing<'_>]) -> Result<Vec<usize>> {
        let mut request = self.sns.publish_batch().topic_arn(&self.topic);
        for (at, message) in batch.iter().enumerate() {
            let event_type = MessageAttributeValue::builder()
                .data_type("String")
                .string_value(&message.envelope.kind)
                .build()
                .map_err(Failure::internal)?;
            request = request.publish_batch_request_entries(
                PublishBatchRequestEntry::builder()
                    .id(at.to_string())
                    .message(&message.body)
                    .message_attributes("event_type", event_type)
                    .build()
                    .map_err(Failure::internal)?,
            );
        }
        let answer = request.send().await.map_err(Failure::unavailable)?;
        Ok(positions(answer.failed().iter().map(|entry| entry.id())))
    }

    async fn send_to_queue(&self, queue: &str, batch: &[Outgoing<'_>]) -> Result<Vec<usize>> {
        let url = self.queues.get(&describe::variable("QUEUE", queue));
        let url = url.ok_or_else(|| Failure::internal(format!("the queue {queue} is not granted")))?;
        let mut request = self.sqs.send_message_batch().queue_url(url);
        for (at, message) in batch.iter().enumerate() {
            request = request.entries(
                SendMessageBatchRequestEntry::builder()
                    .id(at.to_string())
                    .message_body(&message.body)
                    .build()
                    .map_err(Failure::internal)?,
            );
        }
        let answer = request.send().await.map_err(Failure::unavailable)?;
        Ok(positions(answer.failed().iter().map(|entry| entry.id())))
    }

    async fn remove(&self, items: impl Iterator<Item = &OutboxItem>) -> Result<()> {
        let requests: Vec<_> = items
            .map(|item| {
                let key = DeleteRequest::builder().set_key(Some(item.key().to_item())).build();
                Ok(WriteRequest::builder().delete_request(key.map_err(Failure::internal)?).build())
            })
            .collect::<Result<_>>()?;
        for batch in requests.chunks(DELETIONS) {
            // What DynamoDB leaves undone here, the sweep publishes once more: consumers do it once.
            self.table
                .client
                .batch_write_item()
                .request_items(&self.table.name, batch.to_vec())
                .send()
                .await
                .map_err(store::failure)?;
        }
        Ok(())
    }
}

fn granted_queues() -> BTreeMap<String, String> {
    std::env::vars().filter(|(name, _)| name.starts_with("QUEUE_")).collect()
}

/// How publishing went.
#[derive(Debug, Default)]
pub struct Published {
    /// Positions of the items that did not make it.
    pub failed: BTreeSet<usize>,
    /// The last reason, for the operator.
    pub cause: Option<String>,
}

struct Outgoing<'a> {
    item: usize,
    envelope: &'a Envelope,
    body: String,
}

fn by_destination(items: &[OutboxItem]) -> BTreeMap<&Destination, Vec<Outgoing<'_>>> {
    let mut all: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (item, outbox) in items.iter().enumerate() {
        for message in &outbox.messages {
            let body = serde_json::json!(message.envelope).to_string();
            let envelope = &message.envelope;
            all.entry(&message.to).or_default().push(Outgoing { item, envelope, body });
        }
    }
    all
}

/// As many messages a call as its two limits allow.
fn batches<'a, 'm>(messages: &'a [Outgoing<'m>]) -> Vec<&'a [Outgoing<'m>]> {
    let mut batches = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (at, message) in messages.iter().enumerate() {
        if at > start && (at - start == BATCH || bytes + message.body.len() > BATCH_BYTES) {
            batches.push(&messages[start..at]);
            (start, bytes) = (at, 0);
        }
        bytes += message.body.len();
    }
    batches.push(&messages[start..]);
    batches
}

fn positions<'a>(ids: impl Iterator<Item = &'a str>) -> Vec<usize> {
    ids.filter_map(|id| id.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::identity::SessionEnded;
    use kernel::UserId;
    use store::OutboxMessage;

    fn items(count: usize, padding: usize) -> Vec<OutboxItem> {
        let event = SessionEnded { user_id: UserId::new(), session_id: "x".repeat(padding) };
        (0..count).map(|_| OutboxItem::new(vec![OutboxMessage::event(&event).unwrap()])).collect()
    }

    #[test]
    fn a_call_carries_at_most_ten_messages_and_their_bytes() {
        for (count, padding, sizes) in
            [(1, 1, vec![1]), (23, 1, vec![10, 10, 3]), (3, 150_000, vec![1, 1, 1])]
        {
            let items = items(count, padding);
            let messages = by_destination(&items).remove(&Destination::Topic).unwrap();
            let batches: Vec<_> = batches(&messages).iter().map(|batch| batch.len()).collect();
            assert_eq!(batches, sizes);
        }
    }
}
