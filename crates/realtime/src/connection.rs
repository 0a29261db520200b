//! An open socket and whose it is.

use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::operation::post_to_connection::PostToConnectionError;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use contracts::realtime::{ConnectionClosed, ConnectionOpened};
use kernel::{Failure, Problem, Result, Timestamp, UserId, time};
use platform::{Aws, StartError, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::sdk::types::Put;
use store::{Key, Record, Table, Transaction};
use web::socket::Frame;

/// API Gateway ends every connection after two hours.
const LONGEST: std::time::Duration = time::hours(2);

/// So long somebody counts as looking without a sign of life: API Gateway ends a connection that is silent for ten
/// minutes, and does not always tell (spec RT-17).
pub const LEASE: std::time::Duration = time::minutes(11);
/// A sign of life is worth a write and an event only when so little of the lease is left.
pub const RENEWED_BELOW: std::time::Duration = time::minutes(8);

const CLOSED_BEFORE: Problem = Problem::new("closed-before", 409, "The connection is closed");

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Connection {
    pub id: String,
    pub user_id: UserId,
    pub session_id: String,
    pub connected_at: Timestamp,
    /// Until then it counts as open.
    pub leased_until: Timestamp,
}

impl Connection {
    pub fn key_of(id: &str) -> Key {
        Key::new(format!("CONNECTION#{id}"), "CONNECTION")
    }

    /// When it is over in any case.
    fn ends_at(&self) -> Timestamp {
        self.connected_at + LONGEST
    }

    fn opened(&self) -> ConnectionOpened {
        ConnectionOpened {
            user_id: self.user_id,
            connection_id: self.id.clone(),
            expires_at: self.leased_until,
        }
    }
}

impl Record for Connection {
    const KIND: &'static str = "connection";

    fn key(&self) -> Key {
        Self::key_of(&self.id)
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.ends_at())
    }
}

/// The connections of the context.
#[derive(Debug, Clone)]
pub struct Connections {
    pub table: Table,
}

impl State for Connections {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { table: Table::start(aws)? })
    }
}

impl Connections {
    /// Remembers whose connection it is, and tells that somebody looks.
    pub async fn open(&self, frame: Frame) -> Result<()> {
        let (Some(user_id), Some(session_id)) = (frame.user_id, frame.session_id) else {
            return Err(Failure::internal("$connect without an authorizer"));
        };
        let now = time::now();
        let connection = Connection {
            id: frame.connection_id,
            user_id,
            session_id,
            connected_at: now,
            leased_until: now + LEASE,
        };
        let taken = Failure::internal("connection id used twice");
        let effect =
            Transaction::new().create(&self.table, &connection, taken)?.publish(&connection.opened())?;
        effect.commit(&self.table).await
    }

    /// A sign of life: it counts as open for longer.
    pub async fn renew(&self, id: &str) -> Result<()> {
        let key = Connection::key_of(id);
        let Some(mut connection) = self.table.get::<Connection>(&key).await? else { return Ok(()) };
        let now = time::now();
        let until = (now + LEASE).min(connection.ends_at());
        if connection.leased_until > now + RENEWED_BELOW || connection.leased_until >= until {
            return Ok(());
        }
        connection.leased_until = until;
        let put = Put::builder()
            .table_name(&self.table.name)
            .set_item(Some(connection.to_item()?))
            .condition_expression("attribute_exists(pk)")
            .build()
            .map_err(Failure::internal)?;
        let effect = Transaction::new().put(put, closed_before()).publish(&connection.opened())?;
        unless_closed(effect.commit(&self.table).await)
    }

    /// Forgets it and tells so, once. API Gateway says that one ended as well as it can, and a message that cannot be
    /// delivered says it, too; whoever was told of the opening knows until when to believe it.
    pub async fn close(&self, id: &str) -> Result<()> {
        let key = Connection::key_of(id);
        let Some(connection) = self.table.get::<Connection>(&key).await? else { return Ok(()) };
        let closed = ConnectionClosed { user_id: connection.user_id, connection_id: connection.id };
        let effect = Transaction::new().remove(&self.table, &key, closed_before())?.publish(&closed)?;
        unless_closed(effect.commit(&self.table).await)
    }
}

fn closed_before() -> Failure {
    CLOSED_BEFORE.because("never shown")
}

/// Whoever comes too late has nothing to do.
fn unless_closed(done: Result<()>) -> Result<()> {
    match done {
        Err(failure) if failure.problem == CLOSED_BEFORE => Ok(()),
        done => done,
    }
}

/// Sends to open sockets.
#[derive(Debug, Clone)]
pub struct Sender {
    client: Client,
    connections: Connections,
}

impl State for Sender {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { client: aws.connections()?, connections: Connections::start(aws).await? })
    }
}

impl Sender {
    /// A problem document, as HTTP would answer it. A connection that is gone is no error; it ended without
    /// anybody telling.
    pub async fn refuse(&self, frame: Frame) -> Result<()> {
        let body = json!({
            "title": "Unknown action",
            "status": 400,
            "detail": "Send a JSON object whose `action` is one of those in the documentation.",
            "code": "unknown-action",
        });
        let sent = self
            .client
            .post_to_connection()
            .connection_id(&frame.connection_id)
            .data(Blob::new(body.to_string()))
            .send()
            .await;
        match sent {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(PostToConnectionError::GoneException(_)) => {
                    self.connections.close(&frame.connection_id).await
                }
                _ => Err(Failure::unavailable(error)),
            },
        }
    }
}
