//! The uses of a promotion: reserved while an amount is due, given back when it lapses.

use contracts::payments::PaymentDue;
use kernel::{Failure, Problem, Result, Timestamp};
use store::expression::{number, text};
use store::sdk::types::{ConditionCheck, Update};
use store::{Key, Table, Transaction};

use super::{Promo, PromoCode};
use crate::Payments;

/// Why a promotion does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unusable {
    Exhausted,
    Invalid,
}

impl Unusable {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Exhausted => "promo_exhausted",
            Self::Invalid => "promo_invalid",
        }
    }
}

/// One use more, or one less.
#[derive(Debug, Clone, PartialEq)]
pub enum Use {
    Reserved { code: String, version: u64, max: Option<u64> },
    GivenBack { code: String },
}

pub(crate) fn uses_key(code: &str) -> Key {
    Key::new(format!("PROMO#{code}"), "USES")
}

impl Use {
    pub fn given_back(code: &str) -> Self {
        Self::GivenBack { code: code.to_owned() }
    }

    pub(crate) fn write(&self, effect: Transaction, table: &Table) -> Result<Transaction> {
        // Read again, it is exhausted, or the promotion was changed meanwhile.
        let raced = || Problem::CONFLICT.because("The promotion was used by others meanwhile.");
        let (code, by) = match self {
            Self::Reserved { code, .. } => (code, 1),
            Self::GivenBack { code } => (code, -1),
        };
        let update = Update::builder()
            .table_name(&table.name)
            .set_key(Some(uses_key(code).to_item()))
            .update_expression("SET kind = :kind ADD used :by")
            .expression_attribute_values(":kind", text("promo_uses"))
            .expression_attribute_values(":by", number(by));
        let update = match self {
            Self::Reserved { max: Some(max), .. } => update
                .condition_expression("attribute_not_exists(used) OR used < :max")
                .expression_attribute_values(":max", number(max)),
            Self::Reserved { max: None, .. } => update,
            Self::GivenBack { .. } => {
                update.condition_expression("used > :none").expression_attribute_values(":none", number(0))
            }
        };
        let effect = effect.update(update.build().map_err(Failure::internal)?, raced());
        let Self::Reserved { version, .. } = self else { return Ok(effect) };
        let same = ConditionCheck::builder()
            .table_name(&table.name)
            .set_key(Some(Promo::key_of(code).to_item()))
            .condition_expression("version = :read")
            .expression_attribute_values(":read", number(version))
            .build()
            .map_err(Failure::internal)?;
        Ok(effect.check(same, raced()))
    }
}

impl Payments {
    /// How often a promotion is used or reserved.
    pub async fn used(&self, code: &str) -> Result<u64> {
        let item = self.table.item(&uses_key(code), true).await?;
        let used = item.and_then(|item| item.get("used")?.as_n().ok()?.parse().ok());
        Ok(used.unwrap_or(0))
    }

    /// The use that this amount needs, if there is one to have. What the discount is was the owner's to calculate.
    pub(crate) async fn usable(
        &self,
        code: &str,
        told: &PaymentDue,
        now: Timestamp,
    ) -> Result<Result<Use, Unusable>> {
        let known = code.parse::<PromoCode>().is_ok();
        let promo = if known { self.table.get::<Promo>(&Promo::key_of(code)).await? } else { None };
        let Some(promo) = promo else { return Ok(Err(Unusable::Invalid)) };
        let currency = promo.currency.is_none_or(|currency| currency.code() == told.currency);
        if !promo.is_running(now) || !currency {
            return Ok(Err(Unusable::Invalid));
        }
        if let Some(max) = promo.max_uses
            && self.used(code).await? >= max
        {
            return Ok(Err(Unusable::Exhausted));
        }
        Ok(Ok(Use::Reserved { code: code.to_owned(), version: promo.version, max: promo.max_uses }))
    }
}
