//! What notifications is asked for.

use std::collections::BTreeMap;

use kernel::UserId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Message};

/// Who is to be told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// Somebody with an account, by the channels they like.
    User(UserId),
    /// Somebody without one, such as a participant: by mail.
    Email(String),
}

/// Somebody is to be told something that no rule of notifications says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Send {
    /// The same message is sent once by this.
    pub key: String,
    /// A template of notifications.
    pub template: String,
    pub recipient: Recipient,
    /// What the template shows.
    pub variables: BTreeMap<String, String>,
    /// A file in the bucket that goes along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<String>,
}

impl Message for Send {
    const TYPE: &'static str = "notifications.send";

    fn subject(&self) -> String {
        self.key.clone()
    }
}

impl Command for Send {
    const QUEUE: &'static str = "send-requested";
}
