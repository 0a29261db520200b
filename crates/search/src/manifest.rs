//! Which postings a document has, and who is changing them.

use std::time::Duration;

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use kernel::id::Ulid;
use kernel::{Failure, Result, Timestamp, time};
use serde::{Deserialize, Serialize};
use store::expression::text;
use store::{Item, Key, Record, Table};

use crate::document::Keys;

/// Longer than any function runs, so that of two only one writes postings.
const LEASE: Duration = time::seconds(45);
/// What is gone is remembered longer than any queue keeps a message, so that nothing old brings it back.
const REMEMBERED: Duration = time::days(30);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    pub index: String,
    pub id: String,
    /// Of the document that the postings are of, or will be of.
    pub version: u64,
    /// Every posting that may be there: while they are written, those of before and those of after.
    pub keys: Keys,
    /// Of what all of them carry; empty while they are written.
    pub digest: String,
    /// Who wrote it last.
    pub claim: String,
    /// Until when nobody else may write; in the past once everything is written.
    pub claimed_until_ms: i64,
}

impl Manifest {
    pub fn new(index: &str, id: &str) -> Self {
        Self {
            index: index.to_owned(),
            id: id.to_owned(),
            version: 0,
            keys: Keys::new(),
            digest: String::new(),
            claim: String::new(),
            claimed_until_ms: 0,
        }
    }

    pub fn key_of(index: &str, id: &str) -> Key {
        Key::new(format!("INDEX#{index}#{id}"), "MANIFEST")
    }

    /// Whether somebody is at it.
    pub fn is_claimed(&self) -> bool {
        self.claimed_until_ms > time::now().as_millisecond()
    }

    /// The same, claimed by us, with these keys added.
    pub fn claimed(mut self, version: u64, keys: &Keys) -> Self {
        for (sort, partitions) in keys {
            self.keys.entry(sort.clone()).or_default().extend(partitions.iter().cloned());
        }
        self.version = version;
        self.digest.clear();
        self.claim = Ulid::generate().to_string();
        self.claimed_until_ms = (time::now() + LEASE).as_millisecond();
        self
    }

    /// Everything is written.
    pub fn settled(mut self, keys: Keys, digest: String) -> Self {
        self.keys = keys;
        self.digest = digest;
        self.claim = Ulid::generate().to_string();
        self.claimed_until_ms = 0;
        self
    }

    /// Writes it if nobody has since `before` was read.
    pub async fn put(&self, table: &Table, before: &Self) -> Result<()> {
        let put = table
            .client
            .put_item()
            .table_name(&table.name)
            .set_item(Some(self.to_item()?))
            .condition_expression("attribute_not_exists(pk) OR claim = :before")
            .expression_attribute_values(":before", text(&before.claim))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let Err(error) = put.send().await else { return Ok(()) };
        let Some(PutItemError::ConditionalCheckFailedException(refused)) = error.as_service_error() else {
            return Err(store::failure(error));
        };
        // The first try of this very call arrived and its answer was lost.
        if refused.item().and_then(claim) == Some(self.claim.as_str()) {
            return Ok(());
        }
        Err(busy())
    }
}

pub fn busy() -> Failure {
    Failure::unavailable("somebody else is writing these postings")
}

fn claim(item: &Item) -> Option<&str> {
    item.get("claim").and_then(|claim| claim.as_s().ok()).map(String::as_str)
}

impl Record for Manifest {
    const KIND: &'static str = "manifest";

    fn key(&self) -> Key {
        Self::key_of(&self.index, &self.id)
    }

    fn expires(&self) -> Option<Timestamp> {
        self.keys.is_empty().then(|| time::now() + REMEMBERED)
    }
}
