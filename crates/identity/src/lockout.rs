//! Guessing passwords gets slower, and then stops.
//!
//! Five failures lock an account for that client address, so that nobody can lock a stranger out from
//! elsewhere; fifty in a day from anywhere lock it for everybody (spec README, lockout). What is unknown is
//! counted like what is known, so that the count tells nothing.

use aws_sdk_dynamodb::types::{ConditionCheck, Delete, Update};
use contracts::identity::{LoginFailed, UserLocked};
use kernel::text::digest;
use kernel::{Failure, Problem, Result, Timestamp, UserId, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::expression::{number, text, values};
use store::{Item, Key, Table, Transaction};

use crate::mail::{AccountLocked, IdentityMail};

pub const FAILURES_FROM_ADDRESS: u32 = 5;
pub const LOCKED_FOR: std::time::Duration = time::minutes(30);
pub const FAILURES_A_DAY: u32 = 50;
const A_DAY: std::time::Duration = time::days(1);

pub const LOCKED: Problem = Problem::new("login-locked", 423, "Too many failed log-ins");

/// A refusal inside: somebody else counted a failure at the same moment.
pub(crate) const COUNTED_MEANWHILE: Problem = Problem::new("counted-meanwhile", 503, "Counted meanwhile");

/// Failed log-ins in a window of time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Failures {
    pub failures: u32,
    /// Milliseconds since 1970.
    pub window_ends_ms: i64,
}

/// The two counters of one account, as they are before a log-in.
#[derive(Debug, Clone)]
pub struct Lockout {
    pub(crate) keys: [Key; 2],
    counters: [Failures; 2],
    now: Timestamp,
}

impl Lockout {
    /// `subject` is the account, or what an unknown somebody typed.
    pub fn keys(subject: &str, address: &str) -> [Key; 2] {
        let pk = format!("LOCK#{}", digest(subject));
        [Key::new(&pk, digest(address)), Key::new(pk, "DAY")]
    }

    pub fn read(keys: [Key; 2], items: [Option<Item>; 2]) -> Result<Self> {
        let now = time::now();
        let mut counters = [Failures::default(), Failures::default()];
        for (counter, item) in counters.iter_mut().zip(items) {
            if let Some(item) = item {
                *counter = serde_dynamo::from_item(item).map_err(Failure::internal)?;
            }
        }
        Ok(Self { keys, counters, now })
    }

    /// Fails while the account is locked for this address, or for everybody.
    pub fn check(&self) -> Result<()> {
        let most = [FAILURES_FROM_ADDRESS, FAILURES_A_DAY];
        let waits = self.counters.iter().zip(most).filter(|(counter, most)| counter.failures >= *most);
        let wait = waits.map(|(counter, _)| counter.window_ends_ms - self.now.as_millisecond()).max();
        match wait.and_then(|wait| u64::try_from(wait).ok()).filter(|wait| *wait > 0) {
            None => Ok(()),
            Some(wait) => Err(locked(std::time::Duration::from_millis(wait))),
        }
    }

    /// Counts one more failure. `known` is the account, when there is one, so that its owner is told.
    pub async fn fail(&self, table: &Table, known: Option<(UserId, String)>) -> Result<()> {
        let [from_address, a_day] = [0, 1].map(|at| self.counted(at));
        let mut effect =
            Transaction::new().update(self.count(table, 0)?, busy()).update(self.count(table, 1)?, busy());
        if let Some((user_id, email)) = known {
            effect = effect.publish(&LoginFailed { user_id, failures: from_address })?;
            if a_day == FAILURES_A_DAY {
                let mail = IdentityMail::AccountLocked(AccountLocked { user_id, email });
                effect = effect.publish(&UserLocked { user_id, until: self.until(1)? })?.command(&mail)?;
            }
        }
        effect.commit(table).await
    }

    /// Forgets the failures from this address after a success; refused when guesses beside it have locked the account
    /// meanwhile, so that many at once are no more than one after the other.
    pub fn clear(&self, table: &Table, effect: Transaction) -> Result<Transaction> {
        let open = "attribute_not_exists(pk) OR failures < :most OR window_ends_ms <= :now";
        let bounds = |most: u32| {
            values([(":most", number(most)), (":now", number(self.now.as_millisecond()))]).unwrap_or_default()
        };
        let check = |at: usize, most| {
            let check =
                ConditionCheck::builder().table_name(&table.name).set_key(Some(self.keys[at].to_item()));
            let check = check.condition_expression(open).set_expression_attribute_values(Some(bounds(most)));
            check.build().map_err(Failure::internal)
        };
        let effect = effect.check(check(1, FAILURES_A_DAY)?, locked(A_DAY));
        if self.counters[0].failures == 0 {
            return Ok(effect.check(check(0, FAILURES_FROM_ADDRESS)?, locked(LOCKED_FOR)));
        }
        let mut bindings = bounds(FAILURES_FROM_ADDRESS);
        bindings.insert(":none".into(), number(0));
        let update = Update::builder()
            .table_name(&table.name)
            .set_key(Some(self.keys[0].to_item()))
            .update_expression("SET failures = :none")
            .condition_expression(open)
            .set_expression_attribute_values(Some(bindings))
            .build()
            .map_err(Failure::internal)?;
        Ok(effect.update(update, locked(LOCKED_FOR)))
    }

    /// Lets the account try again, from this address and everywhere else, whatever was counted.
    pub fn forget(table: &Table, subject: &str, address: &str) -> Result<[Delete; 2]> {
        let [from_address, a_day] = Self::keys(subject, address);
        let delete = |key: Key| {
            let delete = Delete::builder().table_name(&table.name).set_key(Some(key.to_item()));
            delete.build().map_err(Failure::internal)
        };
        Ok([delete(from_address)?, delete(a_day)?])
    }

    /// Deletions of all counters of a subject, `most` at once.
    pub(crate) async fn counters(table: &Table, subject: &str, most: usize) -> Result<Vec<Delete>> {
        let [Key { pk, .. }, _] = Self::keys(subject, "");
        let query = table.client.query().table_name(&table.name).key_condition_expression("pk = :pk");
        let query = query.expression_attribute_values(":pk", text(pk)).projection_expression("pk, sk");
        let limit = i32::try_from(most).unwrap_or(i32::MAX);
        let answer = query.consistent_read(true).limit(limit).send().await.map_err(store::failure)?;
        let delete = |key: Item| {
            let delete = Delete::builder().table_name(&table.name).set_key(Some(key));
            delete.build().map_err(Failure::internal)
        };
        answer.items.unwrap_or_default().into_iter().map(delete).collect()
    }

    /// Locks the account for everybody, as fifty failures would, and until when.
    pub fn lock(table: &Table, subject: &str) -> Result<(Update, Timestamp)> {
        let [_, a_day] = Self::keys(subject, "");
        let until = time::now() + A_DAY;
        let update = Update::builder()
            .table_name(&table.name)
            .set_key(Some(a_day.to_item()))
            .update_expression("SET failures = :most, window_ends_ms = :ends, expires = :expires")
            .set_expression_attribute_values(values([
                (":most", number(FAILURES_A_DAY)),
                (":ends", number(until.as_millisecond())),
                (":expires", number(until.as_second() + 60)),
            ]))
            .build()
            .map_err(Failure::internal)?;
        Ok((update, until))
    }

    fn over(&self, at: usize) -> bool {
        self.counters[at].window_ends_ms <= self.now.as_millisecond()
    }

    /// When the window ends in which the next failure counts.
    fn ends_ms(&self, at: usize) -> i64 {
        let window = [LOCKED_FOR, A_DAY][at];
        if self.over(at) { (self.now + window).as_millisecond() } else { self.counters[at].window_ends_ms }
    }

    fn until(&self, at: usize) -> Result<Timestamp> {
        Timestamp::from_millisecond(self.ends_ms(at)).map_err(Failure::internal)
    }

    fn counted(&self, at: usize) -> u32 {
        if self.over(at) { 1 } else { self.counters[at].failures + 1 }
    }

    /// One more in the window, or the first of a new one. The condition is that nobody counted meanwhile.
    fn count(&self, table: &Table, at: usize) -> Result<Update> {
        let ends = self.ends_ms(at);
        Update::builder()
            .table_name(&table.name)
            .set_key(Some(self.keys[at].to_item()))
            .update_expression("SET failures = :failures, window_ends_ms = :ends, expires = :expires")
            .condition_expression("attribute_not_exists(pk) OR failures = :before")
            .set_expression_attribute_values(values([
                (":failures", number(self.counted(at))),
                (":before", number(self.counters[at].failures)),
                (":ends", number(ends)),
                (":expires", number(ends / 1000 + 60)),
            ]))
            .build()
            .map_err(Failure::internal)
    }
}

fn locked(wait: std::time::Duration) -> Failure {
    LOCKED.because("Wait as long as `Retry-After` says, or reset your password.").retry_after(wait)
}

fn busy() -> Failure {
    COUNTED_MEANWHILE.because("never shown")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(failures: [u32; 2], left_ms: i64) -> Lockout {
        let now = time::now();
        let counters =
            failures.map(|failures| Failures { failures, window_ends_ms: now.as_millisecond() + left_ms });
        Lockout { keys: Lockout::keys("somebody", "203.0.113.7"), counters, now }
    }

    #[test]
    fn the_fifth_failure_from_an_address_locks_and_the_lock_ends() {
        assert!(with([4, 4], 1000).check().is_ok());
        let locked = with([5, 5], 1000).check().unwrap_err();
        assert_eq!(locked.problem, LOCKED);
        assert!(locked.retry_after.is_some());
        assert!(with([5, 5], 0).check().is_ok());
    }

    #[test]
    fn fifty_failures_a_day_lock_whatever_the_address() {
        assert!(with([0, 49], 1000).check().is_ok());
        assert!(with([0, 50], 1000).check().is_err());
    }

    #[test]
    fn a_new_window_counts_from_one() {
        assert_eq!(with([4, 4], 1000).counted(0), 5);
        assert_eq!(with([4, 4], 0).counted(0), 1);
    }
}
