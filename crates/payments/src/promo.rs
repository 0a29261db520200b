//! Promotions: codes that make things cheaper (PY-21, PY-22).

pub mod uses;
pub mod validate;
pub mod write;

use std::fmt;
use std::str::FromStr;

use contracts::payments::PromoChanged;
use kernel::Result;
use kernel::Timestamp;
use kernel::money::{Currency, Money};
use kernel::text::Invalid;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Key, Record};

/// All of a price, in hundredths of a percent.
pub(crate) const WHOLE: i64 = 10_000;

/// What customers type; upper and lower case are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromoCode(String);

impl PromoCode {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PromoCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PromoCode {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let code = text.trim().to_ascii_uppercase();
        let allowed = |c: u8| c.is_ascii_alphanumeric() || b"-_".contains(&c);
        if (3..=32).contains(&code.len()) && code.bytes().all(allowed) {
            return Ok(Self(code));
        }
        Err(Invalid("must be 3 to 32 letters, digits, `-` and `_`".into()))
    }
}

kernel::text_value!(PromoCode, {
    "type": "string",
    "description": "A code; upper and lower case are the same.",
    "pattern": r"^\s*[A-Za-z0-9_-]{3,32}\s*$",
    "examples": ["MONSOON-10"]
});

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Promo {
    pub code: PromoCode,
    pub description: String,
    pub percentage: bool,
    /// Hundredths of a percent, or minor units of `currency`.
    pub value: i64,
    #[serde(default)]
    pub currency: Option<Currency>,
    pub valid_from: Timestamp,
    pub valid_until: Timestamp,
    #[serde(default)]
    pub max_uses: Option<u64>,
    pub min_order: i64,
    pub applicable: Vec<String>,
    pub active: bool,
    #[serde(default)]
    pub deleted: bool,
    pub created_at: Timestamp,
    pub version: u64,
}

impl Promo {
    pub fn key_of(code: &str) -> Key {
        Key::new(format!("PROMO#{code}"), "PROMO")
    }

    pub fn is_running(&self, now: Timestamp) -> bool {
        self.active && !self.deleted && self.valid_from <= now && now < self.valid_until
    }

    /// What it takes off, and never more than there is.
    pub fn discount(&self, price: Money) -> Result<Money> {
        let off = if self.percentage {
            price.share(self.value.unsigned_abs(), WHOLE.unsigned_abs())?
        } else {
            Money::new(self.value, price.currency)
        };
        Ok(Money::new(off.amount.clamp(0, price.amount.max(0)), price.currency))
    }

    pub fn told(&self) -> PromoChanged {
        PromoChanged {
            code: self.code.to_string(),
            version: self.version,
            percentage: self.percentage,
            value: self.value,
            currency: self.currency.map(|currency| currency.to_string()),
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            min_order: self.min_order,
            applicable: self.applicable.clone(),
            active: self.active,
            deleted: self.deleted,
        }
    }
}

impl Record for Promo {
    const KIND: &'static str = "promo";

    fn key(&self) -> Key {
        Self::key_of(self.code.as_str())
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn indexes(&self) -> Vec<(u8, Key)> {
        // Who deleted it does not want to see it.
        let list = (!self.deleted).then(|| (3, Key::new("PROMOS", self.code.to_string())));
        list.into_iter().collect()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(crate) fn promo(percentage: bool, value: i64) -> Promo {
        let now = kernel::time::now();
        Promo {
            code: "monsoon".parse().unwrap(),
            description: String::new(),
            percentage,
            value,
            currency: (!percentage).then_some(Currency::EUR),
            valid_from: now - kernel::time::hours(1),
            valid_until: now + kernel::time::hours(1),
            max_uses: None,
            min_order: 0,
            applicable: Vec::new(),
            active: true,
            deleted: false,
            created_at: now,
            version: 1,
        }
    }

    proptest! {
        #[test]
        fn a_discount_is_never_more_than_the_price(
            percentage: bool, value in 0..=WHOLE, price in 0..10_000_000i64
        ) {
            let price = Money::new(price, Currency::EUR);
            let off = promo(percentage, value).discount(price).unwrap();
            prop_assert!((0..=price.amount).contains(&off.amount));
        }
    }

    #[test]
    fn a_code_has_one_spelling() {
        assert_eq!(" monsoon-10 ".parse::<PromoCode>().unwrap().as_str(), "MONSOON-10");
        for wrong in ["", "ab", "with space", "ÄÖÜ", &"A".repeat(33)] {
            assert!(wrong.parse::<PromoCode>().is_err(), "{wrong}");
        }
    }
}
