//! NT-10: every mail with what became of it. Enough of it is kept to send it once more.

use std::time::Duration;

use contracts::notifications::{EmailFailed, EmailRequested, EmailSent};
use kernel::id::Ulid;
use kernel::{Failure, Result, Timestamp, UserId, time, typed_id};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::{Key, Record, Table, Transaction};

use crate::rules::Kind;
use crate::template::Locale;
use crate::work::{SendMail, Work};

/// As long as notifications are kept.
const KEPT: Duration = time::days(90);

typed_id!(MailId, "A mail.");

kernel::words! {
    /// What became of a mail.
    MailStatus {
        Queued "queued",
        /// The mail service has it.
        Sent "sent",
        /// It came back, or its reader called it spam.
        Bounced "bounced",
        /// The mail service did not take it.
        Failed "failed",
        /// Not sent: the address is known to take nothing, or wants none.
        Suppressed "suppressed",
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EmailLog {
    pub id: MailId,
    pub version: u64,
    /// None for somebody without an account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    pub to: String,
    pub template: String,
    pub locale: Locale,
    pub timezone: String,
    pub status: MailStatus,
    /// Which sending of it is meant; each resend is the next.
    pub sending: u32,
    /// Tries of this sending.
    pub attempts: u32,
    /// The mail service's name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The event or command that it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// A file in the bucket that goes along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<String>,
    /// The template's variables, as JSON.
    pub context: String,
    pub created_at: Timestamp,
    pub changed_at: Timestamp,
}

impl EmailLog {
    pub fn new(
        kind: &Kind,
        to: &str,
        locale: Locale,
        timezone: &str,
        context: &Map<String, Value>,
    ) -> Result<Self> {
        let now = time::now();
        Ok(Self {
            id: MailId::from_ulid(Ulid::generate()),
            version: 1,
            user_id: None,
            to: to.to_owned(),
            template: kind.name.to_owned(),
            locale,
            timezone: timezone.to_owned(),
            status: MailStatus::Queued,
            sending: 1,
            attempts: 0,
            provider_id: None,
            error: None,
            event_id: None,
            attachment: None,
            context: serde_json::to_string(context).map_err(Failure::internal)?,
            created_at: now,
            changed_at: now,
        })
    }

    pub fn key_of(id: MailId) -> Key {
        Key::new(format!("MAIL#{id}"), "MAIL")
    }

    /// The list of a day (`2026-11-21`, UTC).
    pub fn of_day(day: &str) -> String {
        format!("MAILS#{day}")
    }

    pub fn of_day_and_status(day: &str, status: MailStatus) -> String {
        format!("MAILS#{day}#{status}")
    }

    pub fn of_user(user: UserId) -> String {
        format!("MAILS#USER#{user}")
    }

    /// Writes it down and says that it is to be sent; the work itself is the caller's to order.
    pub fn write(&self, effect: Transaction, table: &Table) -> Result<Transaction> {
        let taken = Failure::internal("a mail's id used twice");
        effect.create(table, self, taken)?.publish(&EmailRequested {
            mail_id: self.id.to_string(),
            template: self.template.clone(),
            user_id: self.user_id,
        })
    }

    /// Writes it down and sends it at once.
    pub fn order(&self, effect: Transaction, table: &Table) -> Result<Transaction> {
        self.work().order(self.write(effect, table)?)
    }

    pub fn work(&self) -> Work {
        Work::Mail(SendMail { mail_id: self.id.to_string(), sending: self.sending })
    }

    /// The next state, with the event that tells of it.
    pub fn settle(&self, table: &Table, status: MailStatus, error: Option<&str>) -> Result<Transaction> {
        let next = Self { status, error: error.map(str::to_owned), changed_at: time::now(), ..self.clone() };
        let effect = Transaction::new().replace(table, &next)?;
        let (mail_id, template, user_id) = (self.id.to_string(), self.template.clone(), self.user_id);
        let failed = |reason: &str| EmailFailed {
            mail_id: mail_id.clone(),
            template: template.clone(),
            user_id,
            reason: reason.to_owned(),
        };
        match status {
            MailStatus::Queued => Ok(effect),
            MailStatus::Sent => effect.publish(&EmailSent { mail_id, template, user_id }),
            MailStatus::Failed => effect.publish(&failed("refused")),
            MailStatus::Suppressed => effect.publish(&failed("suppressed")),
            MailStatus::Bounced if error == Some(COMPLAINED) => effect.publish(&failed("complained")),
            MailStatus::Bounced => effect.publish(&failed("bounced")),
        }
    }
}

/// The error of a mail whose reader called it spam.
pub const COMPLAINED: &str = "complained";

impl Record for EmailLog {
    const KIND: &'static str = "mail";

    fn key(&self) -> Key {
        Self::key_of(self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn indexes(&self) -> Vec<(u8, Key)> {
        let day = self.created_at.strftime("%Y-%m-%d").to_string();
        let id = self.id.to_string();
        let mut indexes = vec![
            (2, Key::new(Self::of_day(&day), id.clone())),
            (3, Key::new(Self::of_day_and_status(&day, self.status), id.clone())),
        ];
        indexes.extend(self.user_id.map(|user| (4, Key::new(Self::of_user(user), id))));
        indexes
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.created_at + KEPT)
    }
}
