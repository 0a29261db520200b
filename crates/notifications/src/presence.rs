//! Who looks at a screen of ours right now, as realtime tells it: they need no push.

use contracts::realtime::{ConnectionClosed, ConnectionOpened};
use contracts::{Envelope, Message};
use kernel::{Result, Timestamp, UserId, time};
use messaging::{Incoming, Received};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::expression::text;
use store::sdk::types::AttributeValue;
use store::{Key, Record};

use crate::Notifications;
use crate::recipient::pk;

/// An open socket, or one that was closed: its opening may be told later than its end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Socket {
    pub user_id: UserId,
    pub connection_id: String,
    pub open: bool,
    pub expires_at: Timestamp,
}

impl Socket {
    const PREFIX: &str = "SOCKET#";
}

impl Record for Socket {
    const KIND: &'static str = "socket";

    fn key(&self) -> Key {
        Key::new(pk(self.user_id), format!("{}{}", Self::PREFIX, self.connection_id))
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// What realtime tells of sockets.
#[derive(Debug, Clone)]
pub enum SocketTold {
    Opened(ConnectionOpened),
    Closed(ConnectionClosed),
}

impl Incoming for SocketTold {
    fn types() -> Vec<&'static str> {
        vec![ConnectionClosed::TYPE, ConnectionOpened::TYPE]
    }

    fn read(envelope: &Envelope) -> Result<Self> {
        match envelope.kind.as_str() {
            ConnectionOpened::TYPE => Incoming::read(envelope).map(Self::Opened),
            _ => Incoming::read(envelope).map(Self::Closed),
        }
    }
}

impl Notifications {
    pub async fn hear_of_socket(&self, told: &Received<SocketTold>) -> Result<()> {
        let socket = match &told.message {
            SocketTold::Opened(it) => Socket {
                user_id: it.user_id,
                connection_id: it.connection_id.clone(),
                open: true,
                expires_at: it.expires_at,
            },
            SocketTold::Closed(it) => Socket {
                user_id: it.user_id,
                connection_id: it.connection_id.clone(),
                open: false,
                // No connection lives longer than two hours.
                expires_at: told.envelope.occurred_at + time::hours(2),
            },
        };
        let put = self.table.client.put_item().table_name(&self.table.name).set_item(Some(socket.to_item()?));
        // An opening never undoes an end, and of two the one that holds longer counts.
        let put = if socket.open {
            put.condition_expression(
                "attribute_not_exists(pk) OR (#open = :true AND expires_at < :expires_at)",
            )
            .expression_attribute_names("#open", "open")
            .expression_attribute_values(":true", AttributeValue::Bool(true))
            .expression_attribute_values(":expires_at", text(socket.expires_at))
        } else {
            put
        };
        match put.send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(store::sdk::operation::put_item::PutItemError::ConditionalCheckFailedException(_)) => {
                    Ok(())
                }
                _ => Err(store::failure(error)),
            },
        }
    }

    pub(crate) async fn is_looking(&self, user: UserId) -> Result<bool> {
        let sockets: Vec<Socket> = self.table.list(&pk(user), Socket::PREFIX, 25).await?;
        Ok(sockets.iter().any(|socket| socket.open && socket.expires_at > time::now()))
    }
}
