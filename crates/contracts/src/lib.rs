//! Every event that one context tells the others: what they share instead of calling each other.
//!
//! Contracts only grow: fields are added as optional, never renamed or removed, and a consumer ignores
//! what it does not know. A test holds `docs/asyncapi.json` against the last released one.

/// Declares a fact about one account.
macro_rules! fact {
    ($name:ident, $kind:literal, $doc:literal, { $($(#[$meta:meta])* $field:ident: $type:ty),* $(,)? }) => {
        #[doc = $doc]
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        pub struct $name {
            pub user_id: kernel::UserId,
            $($(#[$meta])* pub $field: $type),*
        }

        impl $crate::Message for $name {
            const TYPE: &'static str = $kind;

            fn subject(&self) -> String {
                self.user_id.to_string()
            }
        }

        impl $crate::Event for $name {
            const NATURE: $crate::Nature = $crate::Nature::Fact;
        }
    };
}

pub mod admin;
pub mod bookings;
pub mod identity;
pub mod jobs;
pub mod notifications;
pub mod orders;
pub mod payments;
pub mod realtime;
pub mod reviews;
pub mod tours;
pub mod users;

use jiff::Timestamp;
use kernel::id::Ulid;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What a consumer may conclude when two events of one subject arrive in the wrong order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Nature {
    /// The whole state with its version: the newest wins, older ones may be dropped.
    Snapshot,
    /// Something that happened: never dropped.
    Fact,
}

/// What travels in an envelope.
pub trait Message: Serialize + DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// `<context>.<resource>.<what happened>`: what filter policies select on.
    const TYPE: &'static str;
    /// Grows when the meaning changes; added fields do not count.
    const VERSION: u16 = 1;

    /// The id of what the message is about.
    fn subject(&self) -> String;
}

/// Something that happened, for everybody who subscribes.
pub trait Event: Message {
    const NATURE: Nature;
}

/// Something to do, for one queue.
pub trait Command: Message {
    const QUEUE: &'static str;
}

/// How an event travels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Envelope {
    /// The event's own id: consumers do it once by this.
    #[schemars(with = "String")]
    pub id: Ulid,
    #[serde(rename = "type")]
    pub kind: String,
    pub version: u16,
    pub occurred_at: Timestamp,
    /// The context that tells it.
    pub producer: String,
    pub subject_id: String,
    /// Who did it, when a person did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<String>,
    /// The same for everything that one request set going.
    pub correlation_id: String,
    /// The event or request that led to this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub causation_id: Option<String>,
    pub data: serde_json::Value,
}

/// An event type as the generated documents show it.
pub struct Contract {
    pub kind: &'static str,
    pub version: u16,
    pub nature: Nature,
    pub schema: fn(&mut schemars::SchemaGenerator) -> schemars::Schema,
}

impl Contract {
    pub fn of<E: Event>() -> Self {
        Self {
            kind: E::TYPE,
            version: E::VERSION,
            nature: E::NATURE,
            schema: |generator| generator.subschema_for::<E>(),
        }
    }
}

/// All events, by the context that tells them.
pub fn all() -> Vec<(&'static str, Vec<Contract>)> {
    vec![
        ("admin", admin::events()),
        ("bookings", bookings::events()),
        ("identity", identity::events()),
        ("jobs", jobs::events()),
        ("orders", orders::events()),
        ("notifications", notifications::events()),
        ("payments", payments::events()),
        ("realtime", realtime::events()),
        ("reviews", reviews::events()),
        ("tours", tours::events()),
        ("users", users::events()),
    ]
}
