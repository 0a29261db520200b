//! Every night the ledger is held against the provider's own (PY-27): what stands in one must stand in the other.

use std::collections::BTreeMap;

use contracts::payments::DriftDetected;
use jiff::SignedDuration;
use kernel::id::Ulid;
use kernel::{Failure, Problem, Result, Timestamp, time};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::expression::text;
use store::{Key, Record, Transaction};

use crate::ledger::{Account, Movement, Movements};
use crate::stripe::BalanceLine;
use crate::wire::from_stripe;
use crate::{Cashier, Payments};

/// What one run looks at; a little more than the time between two.
const LOOKED_AT: SignedDuration = SignedDuration::from_hours(25);
/// What is younger may still be on its way, and both clocks may differ by as much.
const MARGIN: SignedDuration = SignedDuration::from_hours(1);
/// 100 lines each: beyond that a night's lines need a report of the provider's, and the alarm says so.
const MOST_PAGES: usize = 100;
/// Named in the event; the rest is counted.
const NAMED: usize = 20;

const TOLD: Problem = Problem::new("drift-told", 409, "Told before");

/// That the drift of a day was told.
#[derive(Debug, Serialize, Deserialize)]
struct Check {
    date: String,
}

impl Record for Check {
    const KIND: &'static str = "check";

    fn key(&self) -> Key {
        Key::new(format!("CHECK#{}", self.date), "CHECK")
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(time::now() + time::days(400))
    }
}

/// A line of either ledger: when, and how much came (or went, below zero).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sum {
    pub at: Timestamp,
    pub amount: i64,
}

/// Lines by what the provider calls them.
pub type Lines = BTreeMap<String, Sum>;

/// What stands in one ledger and not in the other, or with another amount.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drift {
    pub missing_here: Vec<String>,
    pub missing_there: Vec<String>,
    pub differing: Vec<String>,
}

impl Drift {
    /// Judges what happened from `from` until `until`; both lists reach further, so that nobody's clock matters.
    pub fn between(ours: &Lines, theirs: &Lines, from: Timestamp, until: Timestamp) -> Self {
        let judged = |sum: &Sum| from <= sum.at && sum.at < until;
        let missing = |of: &Lines, other: &Lines| -> Vec<String> {
            let lines = of.iter().filter(|(name, sum)| judged(sum) && !other.contains_key(*name));
            lines.map(|(name, _)| name.clone()).collect()
        };
        let differs = |(name, sum): &(&String, &Sum)| {
            judged(sum) && theirs.get(*name).is_some_and(|other| other.amount != sum.amount)
        };
        Self {
            missing_here: missing(theirs, ours),
            missing_there: missing(ours, theirs),
            differing: ours.iter().filter(differs).map(|(name, _)| name.clone()).collect(),
        }
    }

    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

impl Cashier {
    /// Fails when there is a drift, so that the function's alarm rings; the event says what it is.
    pub async fn check_ledger(&self) -> Result<usize> {
        let now = time::now();
        self.check_between(now - MARGIN - LOOKED_AT, now - MARGIN, now).await
    }

    pub async fn check_between(&self, from: Timestamp, until: Timestamp, now: Timestamp) -> Result<usize> {
        let ours = self.payments.lines(from - MARGIN).await?;
        let theirs = self.lines(from - MARGIN).await?;
        let drift = Drift::between(&ours, &theirs, from, until);
        if drift.is_none() {
            return Ok(theirs.len());
        }
        self.payments.tell_drift(&drift, from, until, now).await?;
        let count = [&drift.missing_here, &drift.missing_there, &drift.differing].map(Vec::len);
        Err(Failure::internal(format!("the ledger and the provider's differ: {count:?} lines")))
    }

    /// The provider's lines since `since`, the newest first until then.
    async fn lines(&self, since: Timestamp) -> Result<Lines> {
        let mut lines = Lines::new();
        let mut after = None;
        for _ in 0..MOST_PAGES {
            let page = self.stripe.balance(after.as_deref()).await?;
            for line in &page.data {
                let at = Timestamp::from_second(line.created).map_err(Failure::internal)?;
                if at < since {
                    return Ok(lines);
                }
                if let Some(name) = about(line) {
                    lines.insert(name, Sum { at, amount: from_stripe(line.amount, &line.currency) });
                }
            }
            after = page.data.last().map(|line| line.id.clone());
            if !page.has_more || after.is_none() {
                return Ok(lines);
            }
        }
        Err(Failure::internal("the provider's ledger of a day is longer than one run reads"))
    }
}

/// What a line is about, for those that our ledger has too: fees and payouts are between the provider and the bank.
fn about(line: &BalanceLine) -> Option<String> {
    let text = |value: &Value| match value {
        Value::String(id) => Some(id.clone()),
        other => other["id"].as_str().map(str::to_owned),
    };
    let source = line.source.as_ref()?;
    match line.kind.as_str() {
        "charge" | "payment" => text(&source["payment_intent"]).or_else(|| text(source)),
        "refund" | "payment_refund" => text(source),
        _ => None,
    }
}

impl Payments {
    /// What moved at the provider since `since`, as our ledger has it.
    async fn lines(&self, since: Timestamp) -> Result<Lines> {
        let millisecond = u64::try_from(since.as_millisecond()).map_err(Failure::internal)?;
        let query = self
            .table
            .client
            .query()
            .table_name(&self.table.name)
            .index_name("gsi3")
            .key_condition_expression("gsi3pk = :pk AND gsi3sk >= :since")
            .expression_attribute_values(":pk", text("MOVEMENTS"))
            .expression_attribute_values(":since", text(Ulid::from_parts(millisecond, 0)));
        let mut items = query.into_paginator().items().send();
        let mut lines = Lines::new();
        while let Some(item) = items.next().await {
            let movement = Movement::from_item(item.map_err(store::failure)?)?;
            let there = Account::Stripe.in_currency(movement.currency);
            let amount = match movement.movement {
                Movements::Capture => movement.amount,
                Movements::Refund => -movement.amount,
                // The provider notes it under a name of its own.
                Movements::RefundReversal => continue,
            };
            let moved = movement.entries.iter().any(|entry| entry.account == there);
            if let (true, Some(reference)) = (moved, movement.reference) {
                lines.insert(reference, Sum { at: movement.at, amount });
            }
        }
        Ok(lines)
    }

    async fn tell_drift(
        &self,
        drift: &Drift,
        from: Timestamp,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        let named = |all: &[String]| all.iter().take(NAMED).cloned().collect::<Vec<_>>();
        let date: String = now.to_string().chars().take(10).collect();
        let effect = Transaction::new()
            .create(&self.table, &Check { date: date.clone() }, TOLD.because("Once a day."))?
            .publish(&DriftDetected {
                date,
                from,
                until,
                missing_here: named(&drift.missing_here),
                missing_there: named(&drift.missing_there),
                differing: named(&drift.differing),
                lines: (drift.missing_here.len() + drift.missing_there.len() + drift.differing.len()) as u64,
            })?;
        match effect.commit(&self.table).await {
            Err(failure) if failure.problem != TOLD => Err(failure),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn lines(all: &[(&str, i64, i64)]) -> Lines {
        all.iter()
            .map(|(name, second, amount)| ((*name).into(), Sum { at: at(*second), amount: *amount }))
            .collect()
    }

    #[test]
    fn what_stands_in_one_must_stand_in_the_other() {
        let ours = lines(&[("pi_1", 10, 500), ("pi_2", 20, 300), ("pi_3", 30, 100), ("re_1", 95, -50)]);
        let theirs = lines(&[("pi_1", 9, 500), ("pi_2", 20, 299), ("pi_4", 40, 100), ("re_1", 101, -50)]);
        let drift = Drift::between(&ours, &theirs, at(0), at(100));
        assert_eq!(drift.missing_here, ["pi_4"]);
        assert_eq!(drift.missing_there, ["pi_3"]);
        assert_eq!(drift.differing, ["pi_2"]);
        assert!(Drift::between(&ours, &ours, at(0), at(100)).is_none());
    }

    #[test]
    fn what_is_too_young_is_left_for_tomorrow() {
        let drift = Drift::between(&lines(&[]), &lines(&[("pi_1", 100, 1)]), at(0), at(100));
        assert!(drift.is_none());
    }
}
