//! An open socket and whose it is.

use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::operation::post_to_connection::PostToConnectionError;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use kernel::{Failure, Result, Timestamp, UserId, time};
use platform::{Aws, StartError, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Key, Record, Table, Transaction};
use web::socket::Frame;

/// API Gateway ends every connection after two hours.
const LONGEST: std::time::Duration = time::hours(2);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Connection {
    pub id: String,
    pub user_id: UserId,
    pub session_id: String,
    pub connected_at: Timestamp,
}

impl Connection {
    fn key_of(id: &str) -> Key {
        Key::new(format!("CONNECTION#{id}"), "CONNECTION")
    }
}

impl Record for Connection {
    const KIND: &'static str = "connection";

    fn key(&self) -> Key {
        Self::key_of(&self.id)
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.connected_at + LONGEST)
    }
}

/// The connections of the context.
#[derive(Debug, Clone)]
pub struct Connections {
    table: Table,
}

impl State for Connections {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { table: Table::start(aws)? })
    }
}

impl Connections {
    /// Remembers whose connection it is.
    pub async fn open(&self, frame: Frame) -> Result<()> {
        let (Some(user_id), Some(session_id)) = (frame.user_id, frame.session_id) else {
            return Err(Failure::internal("$connect without an authorizer"));
        };
        let connection =
            Connection { id: frame.connection_id, user_id, session_id, connected_at: time::now() };
        let taken = Failure::internal("connection id used twice");
        Transaction::new().create(&self.table, &connection, taken)?.commit(&self.table).await
    }

    /// Forgets it. API Gateway tells of an end as well as it can; the rest expires.
    pub async fn close(&self, frame: Frame) -> Result<()> {
        let request = self.table.client.delete_item().table_name(&self.table.name);
        let key = Connection::key_of(&frame.connection_id).to_item();
        request.set_key(Some(key)).send().await.map_err(store::failure)?;
        Ok(())
    }
}

/// Sends to open sockets.
#[derive(Debug, Clone)]
pub struct Sender {
    client: Client,
}

impl State for Sender {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { client: aws.connections()? })
    }
}

impl Sender {
    /// A problem document, as HTTP would answer it. A connection that is gone is no error.
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
                Some(PostToConnectionError::GoneException(_)) => Ok(()),
                _ => Err(Failure::unavailable(error)),
            },
        }
    }
}
