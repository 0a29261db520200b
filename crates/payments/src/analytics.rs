//! PY-24: what came and went on each day, counted as it happens.

use jiff::civil::Date;
use kernel::money::Currency;
use kernel::query::{Parameter, Parameters, Params};
use kernel::{Failure, FieldErrors, Result, time};
use messaging::Received;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::expression::{number, text};
use store::sdk::types::Update;
use store::{Key, Transaction};

use crate::Payments;
use crate::ledger::{CountPayment, Countable};

const LONGEST: i64 = 366;
const USUAL: i64 = 30;

/// What was counted on one day in one currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Day {
    date: Date,
    currency: Currency,
    #[serde(default)]
    captured: i64,
    #[serde(default)]
    captures: i64,
    #[serde(default)]
    given_back: i64,
    #[serde(default)]
    refunds: i64,
    #[serde(default)]
    failures: i64,
}

/// From one day to another, both included.
#[derive(Debug, Clone, Copy)]
pub struct Period {
    from: Option<Calendar>,
    to: Option<Calendar>,
}

/// A day as clients write it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calendar(Date);

impl std::str::FromStr for Calendar {
    type Err = kernel::text::Invalid;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = |_| kernel::text::Invalid("must be a day like 2026-06-01".into());
        text.parse().map(Self).map_err(invalid)
    }
}

impl Parameters for Period {
    fn take(params: &mut Params) -> Self {
        Self { from: params.take_as("from"), to: params.take_as("to") }
    }

    fn parameters() -> Vec<Parameter> {
        let day = || json!({"type": "string", "format": "date"});
        vec![
            Parameter::new("from", "The first day; 30 days before the last one without it.", day()),
            Parameter::new("to", "The last day; today without it.", day()),
        ]
    }
}

impl Period {
    fn days(self) -> Result<(Date, Date)> {
        let today = time::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let to = self.to.map_or(today, |day| day.0);
        let back = jiff::Span::new().days(USUAL);
        let from = match self.from {
            Some(day) => day.0,
            None => to.checked_sub(back).map_err(Failure::internal)?,
        };
        let days = from.until(to).map_err(Failure::internal)?.get_days();
        let mut errors = FieldErrors::default();
        if from > to {
            errors.push("from", "must not be after `to`");
        }
        if i64::from(days) > LONGEST {
            errors.push("from", format!("must be at most {LONGEST} days before `to`"));
        }
        errors.or((from, to))
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RevenueDay {
    #[schemars(with = "String")]
    pub date: Date,
    pub currency: Currency,
    pub captured: i64,
    pub refunded: i64,
    pub net: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RevenueTotal {
    pub currency: Currency,
    pub captured: i64,
    pub refunded: i64,
    pub net: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Revenue {
    pub days: Vec<RevenueDay>,
    pub totals: Vec<RevenueTotal>,
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct TransactionDay {
    #[schemars(with = "String")]
    pub date: Date,
    pub currency: Currency,
    pub captures: i64,
    pub refunds: i64,
    pub failures: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct TransactionStats {
    pub days: Vec<TransactionDay>,
    pub captures: i64,
    pub refunds: i64,
    pub failures: i64,
}

impl Payments {
    /// Counts a movement once, whatever is delivered twice.
    pub async fn count(&self, told: &Received<CountPayment>) -> Result<()> {
        let date = told.at.to_zoned(jiff::tz::TimeZone::UTC).date();
        let (sum, count, sign) = match told.what {
            Countable::Captured => (Some("captured"), "captures", 1),
            Countable::Refunded => (Some("given_back"), "refunds", 1),
            Countable::Reversed => (Some("given_back"), "refunds", -1),
            Countable::Failed => (None, "failures", 1),
        };
        let currency = told.money.currency;
        let update = Update::builder()
            .table_name(&self.table.name)
            .set_key(Some(key(date, currency).to_item()))
            .expression_attribute_names("#date", "date")
            .expression_attribute_names("#count", count)
            .expression_attribute_values(":kind", text("count"))
            .expression_attribute_values(":date", text(date))
            .expression_attribute_values(":currency", text(currency))
            .expression_attribute_values(":one", number(sign));
        let set = "SET kind = :kind, #date = :date, currency = :currency ADD #count :one";
        let update = match sum {
            Some(sum) => update
                .update_expression(format!("{set}, #sum :amount"))
                .expression_attribute_names("#sum", sum)
                .expression_attribute_values(":amount", number(told.money.amount * sign)),
            None => update.update_expression(set),
        };
        let refused = Failure::internal("an unconditional write was refused");
        let effect = Transaction::new().update(update.build().map_err(Failure::internal)?, refused);
        told.commit(&self.table, effect).await.map(drop)
    }

    pub async fn revenue(&self, period: Period) -> Result<Revenue> {
        let days = self.days(period).await?;
        let mut totals = Vec::<RevenueTotal>::new();
        for day in &days {
            let at = totals.iter().position(|total| total.currency == day.currency);
            let at = at.unwrap_or_else(|| {
                totals.push(RevenueTotal { currency: day.currency, captured: 0, refunded: 0, net: 0 });
                totals.len() - 1
            });
            totals[at].captured += day.captured;
            totals[at].refunded += day.given_back;
            totals[at].net += day.captured - day.given_back;
        }
        let day = |day: Day| RevenueDay {
            date: day.date,
            currency: day.currency,
            captured: day.captured,
            refunded: day.given_back,
            net: day.captured - day.given_back,
        };
        Ok(Revenue { days: days.into_iter().map(day).collect(), totals })
    }

    pub async fn transaction_stats(&self, period: Period) -> Result<TransactionStats> {
        let days = self.days(period).await?;
        let sum = |of: fn(&Day) -> i64| days.iter().map(of).sum();
        let (captures, refunds) = (sum(|day| day.captures), sum(|day| day.refunds));
        let failures = sum(|day| day.failures);
        let day = |day: Day| TransactionDay {
            date: day.date,
            currency: day.currency,
            captures: day.captures,
            refunds: day.refunds,
            failures: day.failures,
        };
        Ok(TransactionStats { captures, refunds, failures, days: days.into_iter().map(day).collect() })
    }

    async fn days(&self, period: Period) -> Result<Vec<Day>> {
        let (from, to) = period.days()?;
        let mut days = Vec::new();
        for year in from.year()..=to.year() {
            let query = self
                .table
                .client
                .query()
                .table_name(&self.table.name)
                .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to")
                .expression_attribute_values(":pk", text(partition(year)))
                .expression_attribute_values(":from", text(from))
                .expression_attribute_values(":to", text(format!("{to}#~")));
            let mut items = query.into_paginator().items().send();
            while let Some(item) = items.next().await {
                let item = item.map_err(store::failure)?;
                days.push(serde_dynamo::from_item(item).map_err(Failure::internal)?);
            }
        }
        Ok(days)
    }
}

fn partition(year: i16) -> String {
    format!("COUNT#{year:04}")
}

fn key(date: Date, currency: Currency) -> Key {
    Key::new(partition(date.year()), format!("{date}#{currency}"))
}
