//! What is to be sent, by queues of our own: at once, or when somebody's quiet hours are over.

use std::time::{Duration, Instant};

use contracts::{Command, Message};
use kernel::id::Ulid;
use kernel::{Problem, Result, Timestamp, UserId, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Key, Record, Transaction};

use crate::Notifications;
use crate::recipient::pk;

/// Of each partition of the due index in one run.
const ROUND: i32 = 100;
/// In the due index: what was held back in somebody's quiet hours goes out.
const DEFERRED: &str = "DEFERRED";
/// A minute later comes the next run.
const ENOUGH: Duration = time::seconds(35);

/// A mail of the log is to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SendMail {
    pub mail_id: String,
    /// Which sending of it: an older order is void.
    pub sending: u32,
}

impl Message for SendMail {
    const TYPE: &'static str = "notifications.send_mail";

    fn subject(&self) -> String {
        self.mail_id.clone()
    }
}

impl Command for SendMail {
    const QUEUE: &'static str = "send-mail";
}

/// Somebody's devices are to show something, unless they look at a screen of ours anyway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SendPush {
    pub user_id: UserId,
    pub kind: String,
    pub title: String,
    pub content: String,
    /// What a newer one of it replaces on the screen, such as a booking or a room.
    pub collapse: String,
}

impl Message for SendPush {
    const TYPE: &'static str = "notifications.send_push";

    fn subject(&self) -> String {
        self.user_id.to_string()
    }
}

impl Command for SendPush {
    const QUEUE: &'static str = "send-push";
}

/// Somebody is to get a text message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SendText {
    pub user_id: UserId,
    pub text: String,
}

impl Message for SendText {
    const TYPE: &'static str = "notifications.send_text";

    fn subject(&self) -> String {
        self.user_id.to_string()
    }
}

impl Command for SendText {
    const QUEUE: &'static str = "send-text";
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    Mail(SendMail),
    Push(SendPush),
    Text(SendText),
}

impl Work {
    pub fn order(&self, effect: Transaction) -> Result<Transaction> {
        match self {
            Self::Mail(mail) => effect.command(mail),
            Self::Push(push) => effect.command(push),
            Self::Text(text) => effect.command(text),
        }
    }
}

/// What was held back in somebody's quiet hours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Deferred {
    #[schemars(with = "String")]
    pub id: Ulid,
    pub user_id: UserId,
    pub due: Timestamp,
    pub work: Vec<Work>,
}

impl Deferred {
    pub fn new(user_id: UserId, due: Timestamp, work: Vec<Work>) -> Self {
        Self { id: Ulid::generate(), user_id, due, work }
    }
}

impl Record for Deferred {
    const KIND: &'static str = "deferred";

    fn key(&self) -> Key {
        Key::new(pk(self.user_id), format!("DEFERRED#{}", self.id))
    }

    fn indexes(&self) -> Vec<(u8, Key)> {
        vec![(1, store::due_key(DEFERRED, self.id, self.due))]
    }
}

impl Notifications {
    /// Sends what was held back and may go out now. Each once, also when two runs overlap: who takes it out orders it.
    pub async fn release_deferred(&self) -> Result<usize> {
        let begun = Instant::now();
        let (mut done, mut failed) = (0, None);
        for item in self.table.due(DEFERRED, time::now(), ROUND).await? {
            if begun.elapsed() > ENOUGH {
                break;
            }
            match self.release(&Deferred::from_item(item)?).await {
                Ok(released) => done += usize::from(released),
                Err(failure) => failed = Some(failure),
            }
        }
        failed.map_or(Ok(done), Err)
    }

    async fn release(&self, deferred: &Deferred) -> Result<bool> {
        let gone = Problem::CONFLICT.because("Released before.");
        let mut effect = Transaction::new().remove(&self.table, &deferred.key(), gone)?;
        for work in &deferred.work {
            effect = work.order(effect)?;
        }
        match effect.commit(&self.table).await {
            Err(failure) if failure.problem == Problem::CONFLICT => Ok(false),
            done => done.map(|()| true),
        }
    }
}
