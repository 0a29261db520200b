//! What administrators did to an account, for as long as the account exists.

use kernel::id::Ulid;
use kernel::{Timestamp, UserId, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Key, Record};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AuditEntry {
    #[schemars(with = "String")]
    pub id: Ulid,
    /// To whom it was done.
    pub user_id: UserId,
    /// The person who did it; none when the platform did.
    pub actor_id: Option<UserId>,
    pub action: Deed,
    #[serde(default)]
    pub reason: Option<String>,
    pub at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    Unlocked,
    SessionsRevoked,
    Locked,
}

impl AuditEntry {
    pub fn new(user_id: UserId, actor_id: Option<UserId>, action: Deed) -> Self {
        Self { id: Ulid::generate(), user_id, actor_id, action, reason: None, at: time::now() }
    }
}

impl Record for AuditEntry {
    const KIND: &'static str = "audit";

    fn key(&self) -> Key {
        Key::new(format!("USER#{}", self.user_id), format!("AUDIT#{}", self.id))
    }
}
