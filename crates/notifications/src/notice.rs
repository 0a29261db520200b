//! NT-12: what somebody finds in the app.

use std::time::Duration;

use contracts::notifications::NotificationCreated;
use kernel::id::Ulid;
use kernel::{Failure, Result, Timestamp, UserId, time, typed_id};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Key, Record, Table, Transaction};

use crate::recipient::pk;

/// How long it is kept (notifications.md, entities).
const KEPT: Duration = time::days(90);

typed_id!(NotificationId, "A notification.");

kernel::words! {
    /// How soon somebody should look.
    Priority { Normal "normal", High "high", Urgent "urgent" }
}

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Entity {
    pub kind: String,
    pub id: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Notice {
    pub id: NotificationId,
    pub user_id: UserId,
    /// Such as `booking_confirmed`.
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub content: String,
    pub priority: Priority,
    /// Where the app goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<Entity>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

impl Notice {
    pub const PREFIX: &str = "NOTICE#";

    pub fn new(user_id: UserId, kind: &str, title: String, content: String, priority: Priority) -> Self {
        Self {
            id: NotificationId::from_ulid(Ulid::generate()),
            user_id,
            kind: kind.to_owned(),
            title,
            content,
            priority,
            action_url: None,
            entity: None,
            read_at: None,
            created_at: time::now(),
        }
    }

    pub fn key_of(user: UserId, id: NotificationId) -> Key {
        Key::new(pk(user), format!("{}{id}", Self::PREFIX))
    }

    /// The partition of the sparse index of what somebody has not read.
    pub fn unread(user: UserId) -> String {
        format!("UNREAD#{user}")
    }

    pub fn of_type(user: UserId, kind: &str) -> String {
        format!("TYPE#{user}#{kind}")
    }

    pub fn unread_of_type(user: UserId, kind: &str) -> String {
        format!("UNREAD#{user}#{kind}")
    }

    /// Puts it into the app and tells of it.
    pub fn add(&self, effect: Transaction, table: &Table) -> Result<Transaction> {
        let taken = Failure::internal("a notification's id used twice");
        effect.create(table, self, taken)?.publish(&NotificationCreated {
            user_id: self.user_id,
            notification_id: self.id.to_string(),
            kind: self.kind.clone(),
            title: self.title.clone(),
            content: self.content.clone(),
            priority: self.priority.to_string(),
            action_url: self.action_url.clone(),
        })
    }
}

impl Record for Notice {
    const KIND: &'static str = "notification";

    fn key(&self) -> Key {
        Self::key_of(self.user_id, self.id)
    }

    fn indexes(&self) -> Vec<(u8, Key)> {
        let id = self.id.to_string();
        let mut indexes = vec![(3, Key::new(Self::of_type(self.user_id, &self.kind), id.clone()))];
        if self.read_at.is_none() {
            indexes.push((2, Key::new(Self::unread(self.user_id), id.clone())));
            indexes.push((4, Key::new(Self::unread_of_type(self.user_id, &self.kind), id)));
        }
        indexes
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.created_at + KEPT)
    }
}

/// A notification as its owner sees it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct NoticeView {
    pub id: NotificationId,
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub content: String,
    pub priority: Priority,
    pub action_url: Option<String>,
    pub entity: Option<Entity>,
    pub read_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

impl From<Notice> for NoticeView {
    fn from(notice: Notice) -> Self {
        let Notice { id, kind, title, content, priority, action_url, entity, read_at, created_at, .. } =
            notice;
        Self { id, kind, title, content, priority, action_url, entity, read_at, created_at }
    }
}
