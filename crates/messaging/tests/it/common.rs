//! A context with an outbox, a topic and queues.

use std::collections::BTreeMap;

use aws_lambda_events::dynamodb::{Event as StreamEvent, EventRecord};
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use contracts::identity::{SessionEnded, UserVerified};
use contracts::{Command, Envelope, Message};
use kernel::UserId;
use messaging::Publisher;
use platform::Function;
use platform::log::Line;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Item, Table, Transaction};
use testkit::{Cloud, Environment, envelope, forever};

/// A command of the tests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SendCard {
    pub to: String,
}

impl Message for SendCard {
    const TYPE: &'static str = "tests.send_card";

    fn subject(&self) -> String {
        self.to.clone()
    }
}

impl Command for SendCard {
    const QUEUE: &'static str = "send-card";
}

pub fn ended(session: &str) -> SessionEnded {
    SessionEnded { user_id: UserId::new(), session_id: session.into() }
}

pub fn verified() -> UserVerified {
    UserVerified { user_id: UserId::new(), email: "ada@example.com".into(), given_name: "Ada".into() }
}

pub struct Context {
    pub cloud: Cloud,
    pub table: Table,
    topic: String,
    /// Subscribed to `SessionEnded`, and to nothing else.
    pub inbox: String,
    /// Where `SendCard` goes.
    pub cards: String,
}

impl Context {
    pub async fn open() -> Self {
        let cloud = Cloud::open().await;
        let table = cloud.table("identity").await;
        let topic = cloud.topic("identity").await;
        let (inbox, cards) = (cloud.queue("inbox").await, cloud.queue(SendCard::QUEUE).await);
        cloud.subscribe(&topic, &inbox, &[SessionEnded::TYPE]).await;
        Self { cloud, table, topic, inbox, cards }
    }

    /// The relay's and the sweep's state, in a given environment.
    pub fn publisher_in(&self, environment: &Environment) -> &'static Publisher {
        let queues = BTreeMap::from([("QUEUE_SEND_CARD".to_owned(), self.cards.clone())]);
        let table = environment.table(&self.table);
        forever(Publisher::new(&environment.aws, table, self.topic.clone(), queues))
    }

    pub fn publisher(&self) -> &'static Publisher {
        self.publisher_in(&self.cloud.environment())
    }

    /// Changes something and tells of it.
    pub async fn tell(&self, session: &str) {
        let effect = Transaction::new().publish(&ended(session)).unwrap();
        effect.commit(&self.table).await.unwrap();
    }

    pub async fn outbox(&self) -> Vec<Item> {
        self.cloud.items_of(&self.table, store::OUTBOX_KIND).await
    }

    /// What lies in the inbox, once it is so much.
    pub async fn inbox(&self, least: usize) -> Vec<Envelope> {
        let bodies = self.cloud.take(&self.inbox, least).await;
        bodies.iter().map(|body| serde_json::from_str(body).unwrap()).collect()
    }
}

/// The stream's batch about new items.
pub fn inserted(items: &[Item]) -> StreamEvent {
    let records = items.iter().enumerate().map(|(at, item)| {
        let mut record = EventRecord::default();
        record.event_name = "INSERT".into();
        record.change.sequence_number = Some(format!("sequence-{at}"));
        record.change.new_image = item.clone().into();
        record
    });
    let mut event: StreamEvent = serde_json::from_value(json!({"Records": []})).unwrap();
    event.records = records.collect();
    event
}

/// A batch of a queue; the messages are named by their place in it.
pub fn batch(bodies: &[String]) -> SqsEvent {
    let records: Vec<_> = bodies
        .iter()
        .enumerate()
        .map(|(at, body)| json!({"messageId": at.to_string(), "body": body}))
        .collect();
    serde_json::from_value(json!({ "Records": records })).unwrap()
}

pub fn body_of<M: Message>(message: &M) -> String {
    serde_json::to_string(&envelope(message)).unwrap()
}

/// The messages of a batch that failed.
pub fn failed(answer: SqsBatchResponse) -> Vec<String> {
    answer.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect()
}

/// Runs a function once.
pub async fn invoke<F: Function>(
    function: &F,
    state: &'static F::State,
    event: F::Event,
) -> kernel::Result<F::Answer> {
    let mut line = Line::begin("test");
    let answer = function.handle(state, event, &mut line).await;
    // Not written: the terminal is for what tests say.
    std::mem::forget(line);
    answer
}

pub fn number(item: &Item, name: &str) -> i64 {
    item.get(name).and_then(|value| value.as_n().ok()?.parse().ok()).unwrap_or(0)
}

pub fn empty() -> Value {
    json!({})
}
