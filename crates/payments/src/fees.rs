//! PY-20: what the platform keeps, in one table.

use deserr::Deserr;
use kernel::money::{Currency, Money};
use kernel::{Failure, Result};
use schemars::JsonSchema;
use serde::Serialize;

/// All of an amount, in hundredths of a percent.
const WHOLE: u64 = 10_000;

/// What somebody is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserr, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[deserr(rename_all = camelCase)]
#[schemars(rename = "PaidService")]
pub enum Service {
    #[deserr(rename = "contract")]
    Contract,
    #[deserr(rename = "quick_job")]
    QuickJob,
}

/// One line of the table: a share of the amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FeeRule {
    pub service: Service,
    pub name: &'static str,
    /// Hundredths of a percent.
    pub share: u64,
}

/// The table (kelmah's contracts and quick jobs).
pub const FEES: [FeeRule; 4] = [
    FeeRule { service: Service::Contract, name: "platform", share: 1_000 },
    FeeRule { service: Service::Contract, name: "processing", share: 290 },
    FeeRule { service: Service::Contract, name: "tax", share: 500 },
    FeeRule { service: Service::QuickJob, name: "platform", share: 1_500 },
];

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct FeeTable {
    pub data: Vec<FeeRule>,
}

pub fn table() -> FeeTable {
    FeeTable { data: FEES.to_vec() }
}

#[derive(Debug, Clone, Copy, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct FeeQuestion {
    pub service: Service,
    /// Minor units.
    #[schemars(range(min = 1), example = &50000)]
    pub amount: i64,
    pub currency: Currency,
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Fee {
    pub name: &'static str,
    pub amount: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Fees {
    pub amount: i64,
    pub currency: Currency,
    pub fees: Vec<Fee>,
    pub total: i64,
    /// What is left of the amount.
    pub net: i64,
}

/// Each fee is rounded by itself, a half away from zero.
pub fn calculate(asked: &FeeQuestion) -> Result<Fees> {
    if asked.amount <= 0 {
        return Err(Failure::field("/amount", "must be more than 0"));
    }
    let amount = Money::new(asked.amount, asked.currency);
    let rules = FEES.iter().filter(|rule| rule.service == asked.service);
    let fee = |rule: &FeeRule| Ok(Fee { name: rule.name, amount: amount.share(rule.share, WHOLE)?.amount });
    let fees = rules.map(fee).collect::<Result<Vec<_>>>()?;
    let total = fees.iter().map(|fee| fee.amount).sum();
    Ok(Fees { amount: asked.amount, currency: asked.currency, fees, total, net: asked.amount - total })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fees_are_those_of_the_table() {
        let asked = FeeQuestion { service: Service::Contract, amount: 100_050, currency: Currency::GHS };
        let fees = calculate(&asked).unwrap();
        let amounts: Vec<_> = fees.fees.iter().map(|fee| (fee.name, fee.amount)).collect();
        assert_eq!(amounts, [("platform", 10_005), ("processing", 2_901), ("tax", 5_003)]);
        assert_eq!((fees.total, fees.net), (17_909, 82_141));
        let quick = FeeQuestion { service: Service::QuickJob, amount: 1_000, currency: Currency::GHS };
        assert_eq!(calculate(&quick).unwrap().total, 150);
    }
}
