//! Addresses that get no more mail, by their hash: the list tells nobody who is on it.

use kernel::text::digest;
use kernel::{Result, Timestamp, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Key, Record, Table};

kernel::words! {
    /// Why.
    Reason {
        /// It does not exist.
        Bounced "bounced",
        /// Its owner calls our mail spam.
        Complained "complained",
        /// Somebody without an account wants no more.
        Unsubscribed "unsubscribed",
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Suppression {
    /// Of the address in lower case.
    pub email_hash: String,
    pub reason: Reason,
    pub since: Timestamp,
}

impl Suppression {
    pub fn new(email_hash: String, reason: Reason) -> Self {
        Self { email_hash, reason, since: time::now() }
    }

    pub fn key_of(email_hash: &str) -> Key {
        Key::new(format!("SUPPRESSED#{email_hash}"), "SUPPRESSED")
    }

    pub async fn of(table: &Table, email: &str) -> Result<Option<Self>> {
        table.get(&Self::key_of(&hash(email))).await
    }
}

impl Record for Suppression {
    const KIND: &'static str = "suppression";

    fn key(&self) -> Key {
        Self::key_of(&self.email_hash)
    }
}

pub fn hash(email: &str) -> String {
    digest(&email.trim().to_lowercase())
}
