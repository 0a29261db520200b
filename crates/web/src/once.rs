//! `Idempotency-Key`: a repeated request has one effect and gets the first answer again.
//!
//! The answer is stored in the transaction of the effect itself, so that there is no moment at which a
//! crash could leave an effect without its record.

use std::time::Duration;

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{ReturnValuesOnConditionCheckFailure, Update};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::id::Ulid;
use kernel::{Failure, Problem, Result, time};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::expression::{number, text, values};
use store::{Key, Record, Table, Transaction};

use crate::{Reply, Request, Response};

/// How long the first answer is given again (gateway.md, GW-10).
const KEPT: Duration = time::hours(24);
/// After so long a first request is dead: longer than any endpoint's timeout.
const LEASE: Duration = time::seconds(30);

/// The permission to have an effect once. A handler that takes it commits through it.
#[derive(Debug, Clone, Default)]
pub struct Once {
    claim: Option<Claim>,
}

#[derive(Debug, Clone)]
struct Claim {
    table: Table,
    key: Key,
    attempt: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Stored {
    #[serde(skip)]
    key: String,
    /// Which request is at work: one that took over makes the former one's commit fail.
    attempt: String,
    /// Of the body: another one under the same key is a mistake of the client.
    fingerprint: String,
    lease_until_ms: i64,
    kept_until_ms: i64,
    answer: Option<Answer>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Record for Stored {
    const KIND: &'static str = "idempotency";

    fn key(&self) -> Key {
        Key::new(&self.key, "ONCE")
    }

    fn expires(&self) -> Option<kernel::Timestamp> {
        kernel::Timestamp::from_millisecond(self.kept_until_ms).ok()
    }
}

/// What is to be done with a request that carries a key.
pub(crate) enum Begun {
    /// Nothing stands in the way.
    Go(Once),
    /// It was done before: the first answer again.
    Done(Response),
}

impl Once {
    /// Claims the key of the request, if it has one.
    pub(crate) async fn begin(table: &Table, request: &Request) -> Result<Begun> {
        let Some(key) = request.header("idempotency-key") else {
            return Ok(Begun::Go(Self::default()));
        };
        if key.is_empty() || key.len() > 255 {
            return Err(Failure::field("Idempotency-Key", "must have 1 to 255 characters"));
        }
        let who = match &request.caller {
            Some(caller) => caller.user_id.to_string(),
            None => request.address.clone(),
        };
        let now = time::now();
        let stored = Stored {
            key: format!("ONCE#{}", digest(&[who.as_bytes(), request.route.as_bytes(), key.as_bytes()])),
            attempt: Ulid::generate().to_string(),
            fingerprint: digest(&[request.path.as_bytes(), &request.body]),
            lease_until_ms: (now + LEASE).as_millisecond(),
            kept_until_ms: (now + KEPT).as_millisecond(),
            answer: None,
        };
        match put(table, &stored, now.as_millisecond()).await? {
            None => {
                let (key, attempt) = (stored.key(), stored.attempt);
                Ok(Begun::Go(Self { claim: Some(Claim { table: table.clone(), key, attempt }) }))
            }
            Some(first) => first.stands_before(&stored, now.as_millisecond()).map(Begun::Done),
        }
    }

    /// The effect and its answer, together.
    pub async fn commit<R: Reply>(self, table: &Table, effect: Transaction, reply: R) -> Result<R> {
        match self.claim {
            Some(claim) => {
                effect.update(claim.answer(&reply.to_response())?, overtaken()).commit(table).await?
            }
            None => effect.commit(table).await?,
        }
        Ok(reply)
    }

    /// Gives the key back after a failure without effect, so that the client can try again with it.
    pub(crate) async fn release(self) {
        let Some(Claim { table, key, attempt }) = self.claim else { return };
        // Only while unanswered; when this call fails too, the lease ends by itself.
        let _ = table
            .client
            .delete_item()
            .table_name(&table.name)
            .set_key(Some(key.to_item()))
            .condition_expression("attempt = :mine AND attribute_not_exists(answer)")
            .expression_attribute_values(":mine", text(attempt))
            .send()
            .await;
    }
}

impl Claim {
    fn answer(&self, response: &Response) -> Result<Update> {
        let answer = Answer {
            status: response.status,
            headers: response.headers.clone(),
            body: String::from_utf8_lossy(&response.body).into_owned(),
        };
        Update::builder()
            .table_name(&self.table.name)
            .set_key(Some(self.key.to_item()))
            .update_expression("SET answer = :answer")
            .condition_expression("attempt = :mine AND attribute_not_exists(answer)")
            .set_expression_attribute_values(values([
                (":answer", serde_dynamo::to_attribute_value(answer).map_err(Failure::internal)?),
                (":mine", text(&self.attempt)),
            ]))
            .build()
            .map_err(Failure::internal)
    }
}

impl Stored {
    fn stands_before(self, second: &Self, now: i64) -> Result<Response> {
        if self.fingerprint != second.fingerprint {
            return Err(Problem::KEY_REUSED.because("Use a new Idempotency-Key for another request."));
        }
        let Some(answer) = self.answer else {
            let left = u64::try_from(self.lease_until_ms - now).unwrap_or(0);
            // Most requests end within a second; the lease is only the worst case.
            return Err(overtaken().retry_after(Duration::from_millis(left.min(1_000))));
        };
        let response = Response { status: answer.status, headers: answer.headers, body: answer.body.into() };
        Ok(response.with("idempotent-replayed", "true"))
    }
}

fn overtaken() -> Failure {
    Problem::IN_PROGRESS
        .because("Send it again with the same key after `Retry-After`.")
        .retry_after(time::seconds(1))
}

/// Writes the claim; answers what stands there already.
async fn put(table: &Table, stored: &Stored, now: i64) -> Result<Option<Stored>> {
    let claim = table
        .client
        .put_item()
        .table_name(&table.name)
        .set_item(Some(stored.to_item()?))
        .condition_expression(
            "attribute_not_exists(pk) OR kept_until_ms < :now \
             OR (attribute_not_exists(answer) AND lease_until_ms < :now AND fingerprint = :same)",
        )
        .expression_attribute_values(":now", number(now))
        .expression_attribute_values(":same", text(&stored.fingerprint))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    // The first request may be committing its answer to the same item.
    let Err(error) = store::patiently(|| claim.clone().send()).await else { return Ok(None) };
    let Some(PutItemError::ConditionalCheckFailedException(refused)) = error.as_service_error() else {
        return Err(store::failure(error));
    };
    let first = Stored::from_item(refused.item().cloned().unwrap_or_default())?;
    // The first try of this very call arrived and its answer was lost.
    Ok((first.attempt != stored.attempt).then_some(first))
}

fn digest(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    URL_SAFE_NO_PAD.encode(hash.finalize())
}
