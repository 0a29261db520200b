//! Takes messages from a queue: each in effect once, and none delays or repeats its neighbours.

use std::future::Future;
use std::ops::Deref;
use std::time::Duration;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use contracts::{Command, Envelope, Message};
use kernel::id::Ulid;
use kernel::{Failure, Problem, Result, Timestamp, time};
use platform::describe::{Action, Description, Function, Grant, Kind, Queue, SchemaOf};
use platform::invocation::{self, Invocation};
use platform::log::Line;
use platform::{App, Aws, StartError, State};
use store::expression::{number, text};
use store::sdk::operation::put_item::PutItemError;
use store::sdk::types::{AttributeValue, Put, ReturnValuesOnConditionCheckFailure};
use store::{Item, Key, Table, Transaction};

use crate::{feedback, upload};

/// Longer than any queue keeps a message (14 days), so that a message is never done twice.
const REMEMBERED: Duration = time::days(30);

/// How long a delivery may take before another one may try.
const CLAIMED: Duration = time::seconds(60);

const DONE_BEFORE: Problem = Problem::new("done-before", 409, "Done before");

/// The messages of one queue: a single type, or an enum of several.
pub trait Incoming: Sized + Send + Sync + 'static {
    fn types() -> Vec<&'static str>;

    fn read(envelope: &Envelope) -> Result<Self>;
}

impl<M: Message> Incoming for M {
    fn types() -> Vec<&'static str> {
        vec![M::TYPE]
    }

    fn read(envelope: &Envelope) -> Result<Self> {
        if envelope.kind != M::TYPE {
            return Err(Failure::internal(format!("unexpected {}", envelope.kind)));
        }
        serde_json::from_value(envelope.data.clone())
            .map_err(|error| Failure::internal(format!("{}: {error}", M::TYPE)))
    }
}

/// A message as the handler gets it; reads like the message itself.
#[derive(Debug, Clone)]
pub struct Received<M> {
    pub message: M,
    pub envelope: Envelope,
    consumer: String,
}

impl<M> Deref for Received<M> {
    type Target = M;

    fn deref(&self) -> &M {
        &self.message
    }
}

impl<M> Received<M> {
    pub fn new(message: M, envelope: Envelope, consumer: impl Into<String>) -> Self {
        Self { message, envelope, consumer: consumer.into() }
    }

    /// The effect, together with the record that it happened. `Ok(false)` when it had happened before.
    pub async fn commit(&self, table: &Table, effect: Transaction) -> Result<bool> {
        let done = Put::builder()
            .table_name(&table.name)
            .set_item(Some(self.remembered(time::now())))
            .condition_expression("attribute_not_exists(pk)")
            .build()
            .map_err(Failure::internal)?;
        let effect = effect.put(done, DONE_BEFORE.because("This message had its effect before."));
        match effect.commit(table).await {
            Ok(()) => Ok(true),
            Err(failure) if failure.problem == DONE_BEFORE => Ok(false),
            Err(failure) => Err(failure),
        }
    }
}

impl<M> Received<M> {
    /// For effects outside our tables, such as a mail: claimed first, done, then recorded.
    ///
    /// Dying between the work and its record means doing it again after the claim has run out; that window
    /// is as long as one call to DynamoDB takes.
    pub async fn deliver(&self, table: &Table, work: impl Future<Output = Result<()>>) -> Result<()> {
        if !self.claim(table).await? {
            return Ok(());
        }
        work.await?;
        let key = self.key();
        table
            .client
            .update_item()
            .table_name(&table.name)
            .set_key(Some(key.to_item()))
            .update_expression("SET done = :true")
            .expression_attribute_values(":true", AttributeValue::Bool(true))
            .send()
            .await
            .map_err(store::failure)?;
        Ok(())
    }

    /// `Ok(false)` when it was done before; an error while another one is at it.
    async fn claim(&self, table: &Table) -> Result<bool> {
        let now = time::now();
        let mut item = self.remembered(now);
        item.insert("claimed_until_ms".into(), number((now + CLAIMED).as_millisecond()));
        item.insert("claim".into(), text(Ulid::generate()));
        let claimed = table
            .client
            .put_item()
            .table_name(&table.name)
            .set_item(Some(item.clone()))
            .condition_expression(
                "attribute_not_exists(pk) OR (attribute_not_exists(done) AND claimed_until_ms < :now)",
            )
            .expression_attribute_values(":now", number(now.as_millisecond()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let Err(error) = claimed else { return Ok(true) };
        let Some(PutItemError::ConditionalCheckFailedException(refused)) = error.as_service_error() else {
            return Err(store::failure(error));
        };
        let first = refused.item().cloned().unwrap_or_default();
        match (first.contains_key("done"), first.get("claim") == item.get("claim")) {
            (true, _) => Ok(false),
            // The first try of this very call arrived and its answer was lost.
            (false, true) => Ok(true),
            (false, false) => Err(Failure::unavailable("another delivery is at it")),
        }
    }

    fn key(&self) -> Key {
        Key::new(format!("DONE#{}#{}", self.consumer, self.envelope.id), "DONE")
    }

    fn remembered(&self, now: Timestamp) -> Item {
        let mut item = self.key().to_item();
        item.insert("kind".into(), text("done"));
        item.insert("expires".into(), number(time::expiry_seconds(now + REMEMBERED)));
        item
    }
}

/// What takes messages of type `M` with the state `S`.
pub trait Handler<S, M>: Send + Sync + 'static {
    fn call(&self, app: App<S>, message: Received<M>) -> impl Future<Output = Result<()>> + Send;
}

impl<S, M, F, Fut> Handler<S, M> for F
where
    S: 'static,
    F: Fn(App<S>, Received<M>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<()>> + Send,
{
    fn call(&self, app: App<S>, message: Received<M>) -> impl Future<Output = Result<()>> + Send {
        self(app, message)
    }
}

/// A consumer of the queue that has its name.
pub struct Consumer<S, M, H> {
    queue: &'static str,
    handler: H,
    /// What stands in the command, or none for a consumer of events.
    command: Option<SchemaOf>,
    pub(crate) uploads: Option<&'static str>,
    pub(crate) mail_feedback: bool,
    grants: Vec<Grant>,
    memory: u32,
    types: std::marker::PhantomData<fn() -> (S, M)>,
}

/// A consumer of events: its queue subscribes to the topics that tell them.
pub fn on_event<S, M, H>(queue: &'static str, handler: H) -> Consumer<S, M, H>
where
    M: Incoming,
    H: Handler<S, M>,
{
    Consumer {
        queue,
        handler,
        command: None,
        uploads: None,
        mail_feedback: false,
        grants: vec![Grant::Table(&[Action::Put])],
        memory: Description::MEMORY,
        types: std::marker::PhantomData,
    }
}

/// A consumer of commands: others send to its queue through their outbox.
pub fn on_command<S, C, H>(handler: H) -> Consumer<S, C, H>
where
    C: Command,
    H: Handler<S, C>,
{
    on_event(C::QUEUE, handler).documented()
}

impl<S, M: Message, H> Consumer<S, M, H> {
    /// No contract of a topic says what is in the message, so its schema stands with the consumer.
    pub(crate) fn documented(mut self) -> Self {
        self.command = Some(|generator| generator.subschema_for::<M>());
        self
    }
}

impl<S, M, H> Consumer<S, M, H> {
    pub fn grants<const N: usize>(mut self, grants: [Grant; N]) -> Self {
        self.grants.extend(grants);
        self
    }

    /// For work that computes more than it waits, such as cutting a photo.
    pub fn one_core(mut self) -> Self {
        self.memory = Description::ONE_CORE;
        self
    }

    /// For effects outside our tables: [`Received::deliver`] needs it.
    pub fn delivers(self) -> Self {
        self.grants([Grant::Table(&[Action::Update])])
    }
}

impl<S, M, H> Function for Consumer<S, M, H>
where
    S: State,
    M: Incoming,
    H: Handler<S, M>,
{
    type State = S;
    type Event = SqsEvent;
    type Answer = SqsBatchResponse;

    async fn start(&self, aws: &Aws) -> Result<Self::State, StartError> {
        Self::State::start(aws).await
    }

    fn describe(&self) -> Description {
        let types = M::types();
        let (events, commands) = match self.command {
            None => (types, Vec::new()),
            Some(schema) => (Vec::new(), types.into_iter().map(|kind| (kind, schema)).collect()),
        };
        let mut description = Description::of(Kind::Consumer(Queue {
            name: self.queue,
            events,
            commands,
            uploads: self.uploads,
            mail_feedback: self.mail_feedback,
            batch: 10,
        }));
        description.grants.clone_from(&self.grants);
        description.memory = self.memory;
        description.timeout = time::seconds(30);
        description
    }

    async fn handle(&self, app: &'static S, batch: SqsEvent, line: &mut Line) -> Result<SqsBatchResponse> {
        let mut answer = SqsBatchResponse::default();
        let mut causes = Vec::new();
        line.set("messages.received", batch.records.len());
        for record in batch.records {
            if let Err(failure) = self.one(App(app), &record).await {
                causes.push(failure.for_operator().unwrap_or(&failure.detail).to_owned());
                let mut item = BatchItemFailure::default();
                item.item_identifier = record.message_id.unwrap_or_default();
                answer.batch_item_failures.push(item);
            }
        }
        line.metric("MessagesFailed", "Count", causes.len());
        line.outcome(if causes.is_empty() { "ok" } else { "messages-failed" });
        if !causes.is_empty() {
            line.cause(&causes.join("; "));
        }
        Ok(answer)
    }
}

impl<S, M, H> Consumer<S, M, H>
where
    S: State,
    M: Incoming,
    H: Handler<S, M>,
{
    async fn one(&self, app: App<S>, record: &SqsMessage) -> Result<()> {
        let body = record.body.as_deref().unwrap_or_default();
        let envelope = serde_json::from_str(body)
            .or_else(|_| feedback::envelope(body))
            .or_else(|_| upload::envelope(body))?;
        let message = M::read(&envelope)?;
        let invocation = Invocation::new(envelope.correlation_id.clone())
            .caused_by(envelope.id.to_string())
            .acting(envelope.actor_id.clone());
        let received = Received::new(message, envelope, self.queue);
        // Boxed: the compiler gives up on types as deep as a handler's with everything around it.
        invocation::within(invocation, Box::pin(self.handler.call(app, received))).await
    }
}
