//! What a function is, as data: everything around it is generated from this.

use std::time::Duration;

use kernel::{Failure, Problem};
use schemars::{Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::log::Line;
use crate::{Aws, StartError};

/// A function of any kind.
pub trait Function: Send + Sync + 'static {
    type State: Send + Sync;
    type Event: DeserializeOwned + Send;
    type Answer: Serialize + Send;

    /// Prepares what the function needs, once, before its first event.
    fn start(&self, aws: &Aws) -> impl Future<Output = Result<Self::State, StartError>> + Send;

    fn describe(&self) -> Description;

    fn handle(
        &self,
        app: &'static Self::State,
        event: Self::Event,
        line: &mut Line,
    ) -> impl Future<Output = Result<Self::Answer, Failure>> + Send;
}

/// A function with its name, which is that of its file.
pub struct Described {
    pub name: &'static str,
    pub description: Description,
}

pub fn describe(name: &'static str, function: &impl Function) -> Described {
    Described { name, description: function.describe() }
}

pub struct Description {
    pub kind: Kind,
    pub grants: Vec<Grant>,
    /// MB. CPU grows with it: 1,769 is one full core.
    pub memory: u32,
    pub timeout: Duration,
}

impl Description {
    /// What most functions need: they wait for AWS more than they compute.
    pub const MEMORY: u32 = 256;
    /// Longer than a call to AWS is waited for, retries included.
    pub const TIMEOUT: Duration = Duration::from_secs(10);
    /// The memory at which Lambda gives one full core.
    pub const ONE_CORE: u32 = 1769;

    pub fn of(kind: Kind) -> Self {
        Self { kind, grants: Vec::new(), memory: Self::MEMORY, timeout: Self::TIMEOUT }
    }
}

pub enum Kind {
    Endpoint(Box<Http>),
    Consumer(Queue),
    /// Carries the outbox of a context's table to topics and queues.
    Relay,
    Schedule {
        every: Duration,
    },
    /// Answers who may open a WebSocket.
    Authorizer,
    /// Takes what arrives on one route of the context's WebSocket API.
    Socket {
        route: &'static str,
    },
    /// Sends the snapshots of all entities of the context again.
    Replay,
    /// Does what an operator asks for.
    Task {
        event: SchemaOf,
    },
}

/// An HTTP endpoint.
pub struct Http {
    /// The first route is the canonical one; the others are aliases of the same use case.
    pub routes: Vec<Route>,
    pub access: Access,
    pub parameters: Vec<Parameter>,
    pub body: Option<SchemaOf>,
    pub reply: Reply,
    pub problems: Vec<Problem>,
    pub limit: Option<Limit>,
    pub idempotent: bool,
    /// AWS calls of a successful warm request with a cached session: the cost model.
    pub calls: u32,
    /// Bytes.
    pub max_body: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    pub method: &'static str,
    /// As seen from the front door: `/api/v1/tours/{id}`.
    pub path: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    Public,
    /// Shows more to who is signed in.
    Optional,
    /// Any signed-in account.
    User,
    /// One of these roles.
    Roles(Vec<kernel::role::Role>),
    /// Administrators, and who is in a group that allows it.
    Permission(kernel::Permission),
}

pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

pub struct Parameter {
    pub name: String,
    /// `path`, `query` or `header`.
    pub place: &'static str,
    pub required: bool,
    pub description: String,
    /// For a list: repeated parameters (true) or one with commas (false).
    pub explode: bool,
    pub schema: Shape,
}

/// The schema of a parameter.
pub enum Shape {
    /// Of a type that has a name in the document.
    Of(SchemaOf),
    /// As it stands here.
    Is(serde_json::Value),
}

pub struct Reply {
    pub status: u16,
    /// Further statuses with the same body.
    pub also: Vec<u16>,
    pub content_type: &'static str,
    pub schema: Option<SchemaOf>,
}

/// A token bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    pub name: &'static str,
    pub count: u32,
    pub window: Duration,
    pub per: Per,
}

/// Whose bucket it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Per {
    /// The client's address.
    Address,
    /// The account when signed in, else the address.
    Caller,
    /// The address together with a field of the body.
    AddressAnd(&'static str),
}

/// A queue and what its consumer takes from it.
pub struct Queue {
    pub name: &'static str,
    /// Event types that the queue subscribes to.
    pub events: Vec<&'static str>,
    /// Command types that others send to it directly; no contract says what is in them, so their schemas stand here.
    pub commands: Vec<(&'static str, SchemaOf)>,
    /// The prefix of the uploads that it takes.
    pub uploads: Option<&'static str>,
    /// Whether it takes what the mail service tells of bounces and complaints.
    pub mail_feedback: bool,
    /// Messages in one invocation at most.
    pub batch: u32,
}

/// What a function may do, and nothing else: each becomes a statement of its role and the settings
/// that go with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// The context's own table.
    Table(&'static [Action]),
    /// The session registry.
    Sessions(&'static [Action]),
    /// A secret of the context, by name.
    Secret(&'static str),
    /// Sending to a queue, by name.
    Queue(&'static str),
    /// Sending to every queue that takes snapshots of the context.
    SnapshotQueues,
    /// Reading how many messages wait in each queue of the context.
    QueueDepths,
    /// Publishing to the context's own topic.
    Topic,
    /// Sending to open WebSockets of the context's API.
    Connections,
    /// Sending mail.
    Mail,
    /// Sending mail that has headers or files of its own.
    Letters,
    /// Sending to the apps on people's devices.
    Push,
    /// Sending text messages.
    Text,
    /// Files below a prefix of the media bucket.
    Files(FileAction, &'static str),
    /// Sealing and opening the cursors of lists.
    Cursors,
    /// A setting of the stage, by its name under `/caravan/<stage>/platform`: a variable of that name.
    Setting(&'static str),
    /// Reading the service registry.
    Registry,
}

/// What may be done with files; a signed link can do what its maker may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileAction {
    Read,
    Write,
    Delete,
}

impl FileAction {
    /// The action's name in IAM.
    pub fn iam(self) -> &'static str {
        match self {
            Self::Read => "s3:GetObject",
            Self::Write => "s3:PutObject",
            Self::Delete => "s3:DeleteObject",
        }
    }
}

/// Actions on a table. Items inside a transaction need the action that each would need alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    BatchGet,
    BatchWrite,
    Check,
    Delete,
    Get,
    Put,
    Query,
    /// For replays only: they read everything.
    Scan,
    Update,
}

impl Action {
    /// The action's name in IAM.
    pub fn iam(self) -> &'static str {
        match self {
            Self::BatchGet => "dynamodb:BatchGetItem",
            Self::BatchWrite => "dynamodb:BatchWriteItem",
            Self::Check => "dynamodb:ConditionCheckItem",
            Self::Delete => "dynamodb:DeleteItem",
            Self::Get => "dynamodb:GetItem",
            Self::Put => "dynamodb:PutItem",
            Self::Query => "dynamodb:Query",
            Self::Scan => "dynamodb:Scan",
            Self::Update => "dynamodb:UpdateItem",
        }
    }
}

/// The environment variable of a granted thing: `variable("QUEUE", "identity-mail")` is
/// `QUEUE_IDENTITY_MAIL`.
pub fn variable(kind: &str, name: &str) -> String {
    format!("{kind}_{}", name.replace('-', "_").to_uppercase())
}
