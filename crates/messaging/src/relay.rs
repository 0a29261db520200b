//! The table's stream feeds the relay, which tells topics and queues what happened.

use aws_lambda_events::dynamodb::{Event, EventRecord};
use aws_lambda_events::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use kernel::{Result, time};
use platform::describe::{Action, Description, Function, Grant, Kind};
use platform::log::Line;
use platform::{Aws, StartError, State};
use store::{OUTBOX_KIND, OutboxItem};

use crate::Publisher;

/// Carries one context's outbox; the queues are those its commands go to.
pub struct Relay {
    queues: &'static [&'static str],
}

pub fn relay(queues: &'static [&'static str]) -> Relay {
    Relay { queues }
}

/// What publishing needs; shared with the sweep.
pub(crate) fn grants(queues: &[&'static str]) -> Vec<Grant> {
    let mut grants = vec![Grant::Table(&[Action::BatchWrite, Action::Delete, Action::Get]), Grant::Topic];
    grants.extend(queues.iter().map(|queue| Grant::Queue(queue)));
    grants
}

impl Function for Relay {
    type State = Publisher;
    type Event = Event;
    type Answer = DynamoDbEventResponse;

    async fn start(&self, aws: &Aws) -> Result<Self::State, StartError> {
        Self::State::start(aws).await
    }

    fn describe(&self) -> Description {
        let mut description = Description::of(Kind::Relay);
        description.grants = grants(self.queues);
        description.timeout = time::seconds(30);
        description
    }

    async fn handle(
        &self,
        publisher: &'static Publisher,
        event: Event,
        line: &mut Line,
    ) -> Result<DynamoDbEventResponse> {
        let mut answer = DynamoDbEventResponse::default();
        let mut places = Vec::new();
        let mut items = Vec::new();
        for record in &event.records {
            match outbox_item(record) {
                Ok(Some(item)) => {
                    places.push(record.change.sequence_number.clone());
                    items.push(item);
                }
                Ok(None) => {}
                // Unreadable now is unreadable forever: leave it to the sweep's alarm, let the others pass.
                Err(failure) => line.cause(&failure),
            }
        }
        let published = publisher.publish(&items).await?;
        let failed = published.failed;
        if let Some(cause) = published.cause {
            line.cause(&cause);
        }
        line.set("outbox.items", items.len());
        line.metric("OutboxFailed", "Count", failed.len());
        line.outcome(if failed.is_empty() { "ok" } else { "items-failed" });
        // The stream goes on from the first one that failed.
        if let Some(first) = failed.first() {
            let mut failure = DynamoDbBatchItemFailure::default();
            failure.item_identifier.clone_from(&places[*first]);
            answer.batch_item_failures.push(failure);
        }
        Ok(answer)
    }
}

fn outbox_item(record: &EventRecord) -> Result<Option<OutboxItem>, String> {
    let image = &record.change.new_image;
    let kind = image.get("kind");
    if record.event_name != "INSERT" || kind != Some(&serde_dynamo::AttributeValue::S(OUTBOX_KIND.into())) {
        return Ok(None);
    }
    serde_dynamo::from_item(image.clone()).map(Some).map_err(|error| format!("outbox item: {error}"))
}
