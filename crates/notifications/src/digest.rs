//! NT-15: what may wait is put together into one mail a day or a week, at an hour of the person's own.

use std::time::Instant;

use kernel::{Failure, Problem, Result, Timestamp, UserId, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use store::{Key, Record, Transaction};

use crate::Notifications;
use crate::mail::log::EmailLog;
use crate::recipient::pk;
use crate::rules::{DIGEST, kind_of};

/// A mail with more in it is not read; the rest is only counted.
const MOST: usize = 50;
/// Of each partition of the due index in one run.
const ROUND: i32 = 100;
/// In the due index: somebody's digest is sent.
const DUE: &str = "DIGEST";
const ENOUGH: std::time::Duration = time::seconds(35);

/// What waits for somebody's next digest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Pending {
    pub user_id: UserId,
    pub version: u64,
    pub due: Timestamp,
    pub entries: Vec<Entry>,
    /// That did not fit.
    pub more: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    pub title: String,
    pub content: String,
}

impl Pending {
    pub fn key_of(user: UserId) -> Key {
        Key::new(pk(user), "DIGEST")
    }

    /// With one more entry, by which everything waits until `due` if nothing waits yet.
    pub fn with(present: Option<&Self>, user_id: UserId, due: Timestamp, entry: Entry) -> Self {
        let none = || Self { user_id, version: 0, due, entries: Vec::new(), more: 0 };
        let mut pending = present.cloned().unwrap_or_else(none);
        if pending.entries.len() < MOST {
            pending.entries.push(entry);
        } else {
            pending.more += 1;
        }
        pending
    }

    pub fn save(&self, effect: Transaction, notifications: &Notifications) -> Result<Transaction> {
        match self.version {
            0 => {
                let first = Self { version: 1, ..self.clone() };
                let begun = Problem::CONFLICT.because("Another one began to wait.");
                effect.create(&notifications.table, &first, begun)
            }
            _ => effect.replace(&notifications.table, self),
        }
    }
}

impl Record for Pending {
    const KIND: &'static str = "digest";

    fn key(&self) -> Key {
        Self::key_of(self.user_id)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn indexes(&self) -> Vec<(u8, Key)> {
        vec![(1, store::due_key(DUE, self.user_id, self.due))]
    }
}

impl Notifications {
    /// Sends the digests whose hour has come. Each once, also when two runs overlap: who takes it out orders it.
    pub async fn send_digests(&self) -> Result<usize> {
        let begun = Instant::now();
        let (mut done, mut failed) = (0, None);
        for item in self.table.due(DUE, time::now(), ROUND).await? {
            if begun.elapsed() > ENOUGH {
                break;
            }
            match self.send_digest(Pending::from_item(item)?.user_id).await {
                Ok(sent) => done += usize::from(sent),
                Err(failure) => failed = Some(failure),
            }
        }
        failed.map_or(Ok(done), Err)
    }

    /// The index may be a moment old, so what waits is read again.
    async fn send_digest(&self, user: UserId) -> Result<bool> {
        let known = self.known(user).await?;
        let Some(pending) = known.pending.as_ref().filter(|pending| pending.due <= time::now()) else {
            return Ok(false);
        };
        // Something was added, or another run was faster.
        let changed = Problem::CONFLICT.because("Changed meanwhile.");
        let mut effect = Transaction::new().discard(&self.table, pending, changed)?;
        if let Some(recipient) = known.recipient.as_ref().filter(|recipient| recipient.reachable) {
            let kind = kind_of(DIGEST).map_err(Failure::internal)?;
            let mut context = Map::new();
            context.insert("given_name".into(), json!(recipient.given_name));
            context.insert("entries".into(), json!(pending.entries));
            context.insert("more".into(), json!(pending.more));
            let mail = EmailLog::new(kind, &recipient.email, known.locale(), known.timezone(), &context)?;
            effect = EmailLog { user_id: Some(user), ..mail }.order(effect, &self.table)?;
        }
        match effect.commit(&self.table).await {
            Err(failure) if failure.problem == Problem::CONFLICT => Ok(false),
            done => done.map(|()| true),
        }
    }
}
