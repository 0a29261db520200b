//! PY-22: whether a code counts for what somebody wants to buy, and what it takes off.

use deserr::Deserr;
use kernel::money::{Currency, Money};
use kernel::text::Text;
use kernel::{Failure, Result, Timestamp, time};
use schemars::JsonSchema;
use serde::Serialize;
use web::Json;

use super::{Promo, PromoCode};
use crate::Payments;

#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct PromoQuestion {
    pub code: PromoCode,
    /// The price, in minor units.
    #[schemars(range(min = 1), example = &25000)]
    pub amount: i64,
    pub currency: Currency,
    /// What is to be bought: a tour, a trek, a product.
    #[serde(default)]
    #[deserr(default)]
    pub item_id: Option<Text<1, 64>>,
}

/// Why a code takes nothing off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "PromoRefusal")]
pub enum Reason {
    Unknown,
    NotActive,
    NotYet,
    Over,
    UsedUp,
    OrderTooSmall,
    NotForThis,
    OtherCurrency,
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PromoAnswer {
    pub valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// What it takes off, in minor units.
    pub discount: i64,
    /// What is left to pay, in minor units.
    pub amount: i64,
    pub currency: Currency,
}

impl Payments {
    /// An answer for now: the use itself is reserved when the amount becomes due.
    pub async fn validate_promo(&self, asked: &PromoQuestion) -> Result<Json<PromoAnswer>> {
        if asked.amount <= 0 {
            return Err(Failure::field("/amount", "must be more than 0"));
        }
        let promo: Option<Promo> = self.table.peek(&Promo::key_of(asked.code.as_str())).await?;
        let reason = match &promo {
            Some(promo) if !promo.deleted => {
                let used = self.used(asked.code.as_str()).await?;
                refusal(promo, used, asked, time::now())
            }
            _ => Some(Reason::Unknown),
        };
        let price = Money::new(asked.amount, asked.currency);
        let discount = match (&promo, reason) {
            (Some(promo), None) => promo.discount(price)?,
            _ => Money::zero(asked.currency),
        };
        Ok(Json::new(PromoAnswer {
            valid: reason.is_none(),
            reason,
            discount: discount.amount,
            amount: price.minus(discount)?.amount,
            currency: asked.currency,
        }))
    }
}

fn refusal(promo: &Promo, used: u64, asked: &PromoQuestion, now: Timestamp) -> Option<Reason> {
    let named = |item: &Text<1, 64>| promo.applicable.iter().any(|id| id == item.as_str());
    let for_this = promo.applicable.is_empty() || asked.item_id.as_ref().is_some_and(named);
    let reasons = [
        (!promo.active, Reason::NotActive),
        (now < promo.valid_from, Reason::NotYet),
        (now >= promo.valid_until, Reason::Over),
        (promo.max_uses.is_some_and(|max| used >= max), Reason::UsedUp),
        (promo.currency.is_some_and(|currency| currency != asked.currency), Reason::OtherCurrency),
        (asked.amount < promo.min_order, Reason::OrderTooSmall),
        (!for_this, Reason::NotForThis),
    ];
    reasons.into_iter().find(|(wrong, _)| *wrong).map(|(_, reason)| reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::promo::tests::promo;

    fn asked(amount: i64, item: Option<&str>) -> PromoQuestion {
        PromoQuestion {
            code: "monsoon".parse().unwrap(),
            amount,
            currency: Currency::EUR,
            item_id: item.map(|item| item.parse().unwrap()),
        }
    }

    #[test]
    fn each_bound_has_its_reason() {
        let now = time::now();
        let good = promo(true, 1_000);
        let why = |promo: Promo, used, asked: &PromoQuestion| refusal(&promo, used, asked, now);
        assert_eq!(why(good.clone(), 0, &asked(100, None)), None);
        let inactive = Promo { active: false, ..good.clone() };
        assert_eq!(why(inactive, 0, &asked(100, None)), Some(Reason::NotActive));
        let over = Promo { valid_until: now, ..good.clone() };
        assert_eq!(why(over, 0, &asked(100, None)), Some(Reason::Over));
        let once = Promo { max_uses: Some(1), ..good.clone() };
        assert_eq!(why(once.clone(), 0, &asked(100, None)), None);
        assert_eq!(why(once, 1, &asked(100, None)), Some(Reason::UsedUp));
        let large = Promo { min_order: 101, ..good.clone() };
        assert_eq!(why(large, 0, &asked(100, None)), Some(Reason::OrderTooSmall));
        let only = Promo { applicable: vec!["T1".into()], ..good.clone() };
        assert_eq!(why(only.clone(), 0, &asked(100, None)), Some(Reason::NotForThis));
        assert_eq!(why(only, 0, &asked(100, Some("T1"))), None);
        let dollars = Promo { currency: Some(Currency::USD), ..good };
        assert_eq!(why(dollars, 0, &asked(100, None)), Some(Reason::OtherCurrency));
    }
}
