//! Rate limits: a token bucket for each client, in one item and one call.
//!
//! The bucket is kept as the moment at which it will be full again (the generic cell rate algorithm,
//! ITU-T I.371), so that taking a token is one conditional update without reading first.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use kernel::text::digest;
use kernel::{Problem, Result, time};
use platform::config;
pub use platform::describe::{Limit, Per};
use store::expression::{number, values};
use store::{Key, Table};

use crate::Request;

/// For who is not signed in, where an endpoint names no limit of its own.
pub const ANONYMOUS: Limit = per_quarter_hour("anonymous", 100, Per::Address);
/// For who is signed in, where an endpoint names no limit of its own.
pub const SIGNED_IN: Limit = per_quarter_hour("signed-in", 1000, Per::Caller);

/// So many in 15 minutes: the window of most limits (gateway.md's table).
pub const fn per_quarter_hour(name: &'static str, count: u32, per: Per) -> Limit {
    Limit { name, count, window: time::minutes(15), per }
}

/// Wide limits are this many times the real ones.
const WIDE: u32 = 10_000;
/// Subjects whose bucket an environment remembers, to guess the right update first.
const REMEMBERED: usize = 1_000;

pub struct Limiter {
    table: Table,
    factor: u32,
    full_again: Mutex<HashMap<String, i64>>,
}

/// What is left of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    pub limit: Limit,
    pub remaining: u64,
    /// Until the bucket is full again.
    pub reset: Duration,
}

impl Limiter {
    /// Real limits unless the stage says `RATE_LIMITS=wide`.
    pub fn new(table: Table) -> Self {
        let wide = config::optional("RATE_LIMITS").as_deref() == Some("wide");
        Self { table, factor: if wide { WIDE } else { 1 }, full_again: Mutex::default() }
    }

    /// Takes a token, or says how long to wait for one.
    pub async fn take(&self, limit: Limit, subject: &str) -> Result<Allowance> {
        let key = Key::new(format!("RATE#{}#{}", limit.name, digest(subject)), "RATE");
        let window = millis(limit.window);
        let token = (window / i64::from(limit.count.saturating_mul(self.factor))).max(1);
        let now = time::now().as_millisecond();
        let known = self.recall(&key.pk);
        let mut busy = known.is_some_and(|full| full >= now);
        for _ in 0..3 {
            match self.update(&key, busy, now, token, window).await? {
                Outcome::Taken(full) => {
                    self.remember(key.pk, full);
                    let left = u64::try_from((window - (full - now)) / token).unwrap_or(0);
                    let reset = Duration::from_millis(u64::try_from(full - now).unwrap_or(0));
                    return Ok(Allowance { limit, remaining: left, reset });
                }
                Outcome::Refused(full) if full >= now && full > now + window - token => {
                    let wait = u64::try_from(full + token - window - now).unwrap_or(0);
                    return Err(Problem::RATE_LIMITED
                        .because("Wait as long as `Retry-After` says.")
                        .retry_after(Duration::from_millis(wait)));
                }
                // Guessed wrong: an idle bucket is busy, or the other way round.
                Outcome::Refused(full) => busy = full >= now,
            }
        }
        Err(kernel::Failure::unavailable("a rate limit's bucket changes too fast"))
    }

    async fn update(&self, key: &Key, busy: bool, now: i64, token: i64, window: i64) -> Result<Outcome> {
        let (update, condition, bindings) = if busy {
            (
                "SET full_again = full_again + :token, expires = :expires",
                "full_again BETWEEN :now AND :latest",
                values([
                    (":token", number(token)),
                    (":now", number(now)),
                    (":latest", number(now + window - token)),
                    (":expires", number((now + window) / 1000 + 60)),
                ]),
            )
        } else {
            (
                "SET full_again = :first, expires = :expires",
                "attribute_not_exists(full_again) OR full_again < :now",
                values([
                    (":first", number(now + token)),
                    (":now", number(now)),
                    (":expires", number((now + window) / 1000 + 60)),
                ]),
            )
        };
        let answer = self
            .table
            .client
            .update_item()
            .table_name(&self.table.name)
            .set_key(Some(key.to_item()))
            .update_expression(update)
            .condition_expression(condition)
            .set_expression_attribute_values(bindings)
            .return_values(ReturnValue::UpdatedNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match answer {
            Ok(answer) => Ok(Outcome::Taken(full_again(answer.attributes()))),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(refused)) => {
                    Ok(Outcome::Refused(full_again(refused.item())))
                }
                _ => Err(store::failure(error)),
            },
        }
    }

    fn recall(&self, key: &str) -> Option<i64> {
        self.full_again.lock().ok()?.get(key).copied()
    }

    fn remember(&self, key: String, full: i64) {
        if let Ok(mut known) = self.full_again.lock() {
            if known.len() >= REMEMBERED {
                known.clear();
            }
            known.insert(key, full);
        }
    }
}

enum Outcome {
    Taken(i64),
    Refused(i64),
}

fn full_again(item: Option<&HashMap<String, AttributeValue>>) -> i64 {
    let value = item.and_then(|item| item.get("full_again"));
    value.and_then(|value| value.as_n().ok()?.parse().ok()).unwrap_or(0)
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Whose token it is; addresses and accounts are not stored in clear.
pub(crate) fn subject(limit: Limit, request: &Request) -> String {
    let address = &request.address;
    match (limit.per, &request.caller) {
        (Per::Caller, Some(caller)) => caller.user_id.to_string(),
        (Per::Caller | Per::Address, _) => address.clone(),
        (Per::AddressAnd(field), _) => {
            let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap_or_default();
            let value = body.get(field).and_then(|value| value.as_str()).unwrap_or_default();
            format!("{address} {}", value.trim().to_lowercase())
        }
    }
}
