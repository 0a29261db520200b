//! Money: whole minor units and their currency, calculated without losing or inventing one.

use std::cmp::Ordering;
use std::fmt;

use deserr::Deserr;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text::Invalid;
use crate::{Failure, Result};

// ISO 4217, the currencies people pay with: no funds, no metals, nothing withdrawn. A table of our
// own, since the crates that have one bring those along, and countries too.
const WITHOUT_MINOR_UNIT: &[&str] = &[
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF",
    "XPF",
];
const TWO_DIGITS: &[&str] = &[
    "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BMD", "BND", "BOB",
    "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CNY", "COP", "CRC", "CUP", "CVE", "CZK",
    "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GTQ",
    "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IRR", "JMD", "KES", "KGS", "KHR", "KPW", "KYD",
    "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR",
    "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "PAB", "PEN", "PGK", "PHP",
    "PKR", "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS",
    "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH",
    "USD", "UYU", "UZS", "VED", "VES", "WST", "XCD", "XCG", "YER", "ZAR", "ZMW", "ZWG",
];
const THREE_DIGITS: &[&str] = &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

/// A currency of ISO 4217, by its alphabetic code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency(&'static str);

impl Currency {
    pub const EUR: Self = Self("EUR");
    pub const GBP: Self = Self("GBP");
    pub const GHS: Self = Self("GHS");
    pub const INR: Self = Self("INR");
    pub const USD: Self = Self("USD");

    pub const fn code(self) -> &'static str {
        self.0
    }

    /// Digits after the decimal point: 2 for EUR, 0 for JPY, 3 for KWD.
    pub fn minor_digits(self) -> u32 {
        if WITHOUT_MINOR_UNIT.contains(&self.0) {
            0
        } else if THREE_DIGITS.contains(&self.0) {
            3
        } else {
            2
        }
    }

    /// The least step, in minor units, of what a card can be charged: a card knows two digits at most, and none of the
    /// ariary's fifths (docs.stripe.com/currencies, "Special cases" and "Zero-decimal currencies").
    pub fn card_step(self) -> i64 {
        match self.minor_digits() {
            _ if self.0 == "MGA" => 100,
            3 => 10,
            _ => 1,
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::str::FromStr for Currency {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        [TWO_DIGITS, WITHOUT_MINOR_UNIT, THREE_DIGITS]
            .into_iter()
            .flatten()
            .find(|code| **code == text)
            .map(|code| Self(code))
            .ok_or(Invalid("must be a currency of ISO 4217, like EUR".into()))
    }
}

crate::text_value!(Currency, {
    "type": "string",
    "description": "A currency of ISO 4217.",
    "pattern": "^[A-Z]{3}$",
    "examples": ["EUR"]
});

/// An amount of money; below zero it is owed.
///
/// Arithmetic fails as an internal fault: amounts of a request are checked before one calculates
/// with them, so two currencies in one sum or an overflow are a mistake of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Deserr, JsonSchema)]
#[serde(deny_unknown_fields)]
#[deserr(deny_unknown_fields)]
pub struct Money {
    /// Whole minor units: 1234 is 12.34 EUR.
    pub amount: i64,
    pub currency: Currency,
}

impl Money {
    pub const fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    pub fn plus(self, other: Self) -> Result<Self> {
        self.same_currency(other)?;
        self.with(self.amount.checked_add(other.amount))
    }

    pub fn minus(self, other: Self) -> Result<Self> {
        self.same_currency(other)?;
        self.with(self.amount.checked_sub(other.amount))
    }

    pub fn times(self, count: u32) -> Result<Self> {
        self.with(self.amount.checked_mul(i64::from(count)))
    }

    /// The sum of `amounts`, which may be none.
    pub fn sum(currency: Currency, amounts: impl IntoIterator<Item = Self>) -> Result<Self> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::plus)
    }

    /// Which is more. There is no `<`, because it could not refuse another currency.
    pub fn compare(self, other: Self) -> Result<Ordering> {
        self.same_currency(other)?;
        Ok(self.amount.cmp(&other.amount))
    }

    /// `numerator / denominator` of it: `share(18, 100)` is 18 percent.
    ///
    /// Order of rounding: multiplied exactly, divided once, and then rounded once, a half away from
    /// zero. So a refund of a share is the charge of it with the other sign. The rest of a share is
    /// what `minus` leaves, not the opposite share: two roundings need not add up.
    pub fn share(self, numerator: u64, denominator: u64) -> Result<Self> {
        let divisor = i128::from(denominator);
        // Neither factor can overflow this: |i64| · u64 < 2^127.
        let product = i128::from(self.amount) * i128::from(numerator);
        let (Some(quotient), Some(rest)) = (product.checked_div(divisor), product.checked_rem(divisor))
        else {
            return Err(Failure::internal("a share of money over zero"));
        };
        let away = if rest.abs() * 2 >= divisor { product.signum() } else { 0 };
        self.with(i64::try_from(quotient + away).ok())
    }

    /// The next amount that a card can be charged.
    pub fn for_a_card(self) -> Result<Self> {
        let step = self.currency.card_step();
        let missing = (step - self.amount.rem_euclid(step)) % step;
        self.with(self.amount.checked_add(missing))
    }

    /// `parts` amounts that differ by one minor unit at most and add up to it; the larger come first.
    pub fn split(self, parts: u16) -> Result<Vec<Self>> {
        self.allocate(&vec![1; usize::from(parts)])
    }

    /// One amount for each weight, in proportion; they add up to it exactly.
    ///
    /// Order of rounding: each part is rounded towards zero, then the units left over go one each to
    /// the parts that lost most by it, the earlier of two equals first. A part of weight 0 gets nothing.
    pub fn allocate(self, weights: &[u32]) -> Result<Vec<Self>> {
        let total: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
        if total == 0 {
            return Err(Failure::internal("money allocated to no weight at all"));
        }
        let exact: Vec<i128> =
            weights.iter().map(|weight| i128::from(self.amount) * i128::from(*weight)).collect();
        let mut parts: Vec<i128> = exact.iter().map(|part| part / total).collect();
        let left = i128::from(self.amount) - parts.iter().sum::<i128>();

        let mut by_loss: Vec<usize> = (0..parts.len()).collect();
        by_loss.sort_by_key(|part| std::cmp::Reverse((exact[*part] % total).abs()));
        // Fewer units are left than parts lost something, so none is needed twice.
        for (part, _) in by_loss.into_iter().zip(0..left.abs()) {
            parts[part] += left.signum();
        }
        parts.into_iter().map(|amount| self.with(i64::try_from(amount).ok())).collect()
    }

    fn same_currency(self, other: Self) -> Result<()> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(Failure::internal(format!("{} and {} in one calculation", self.currency, other.currency)))
        }
    }

    fn with(self, amount: Option<i64>) -> Result<Self> {
        amount
            .map(|amount| Self { amount, ..self })
            .ok_or_else(|| Failure::internal("an amount of money beyond 64 bits"))
    }
}

/// For people and logs: `12.34 EUR`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = 10_u64.pow(self.currency.minor_digits());
        let amount = self.amount.unsigned_abs();
        if self.amount < 0 {
            f.write_str("-")?;
        }
        write!(f, "{}", amount / unit)?;
        if unit > 1 {
            let digits = self.currency.minor_digits() as usize;
            write!(f, ".{:0digits$}", amount % unit)?;
        }
        write!(f, " {}", self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FieldErrors;
    use proptest::collection::vec;
    use proptest::prelude::*;
    use serde_json::json;

    const fn eur(amount: i64) -> Money {
        Money::new(amount, Currency::EUR)
    }

    fn amounts(parts: &[Money]) -> Vec<i64> {
        parts.iter().map(|part| part.amount).collect()
    }

    proptest! {
        #[test]
        fn adding_is_undone_by_subtracting(a: i64, b: i64) {
            if let Ok(sum) = eur(a).plus(eur(b)) {
                prop_assert_eq!(sum.minus(eur(b)).unwrap(), eur(a));
            } else {
                prop_assert!(a.checked_add(b).is_none());
            }
        }

        #[test]
        fn allocation_adds_up_and_nobody_is_off_by_a_unit(amount: i64, weights in vec(any::<u32>(), 0..20)) {
            let total: u64 = weights.iter().copied().map(u64::from).sum();
            let Ok(parts) = eur(amount).allocate(&weights) else {
                prop_assert_eq!(total, 0);
                return Ok(());
            };
            prop_assert_eq!(parts.len(), weights.len());
            prop_assert_eq!(Money::sum(Currency::EUR, parts.clone()).unwrap(), eur(amount));
            for (part, weight) in parts.iter().zip(weights) {
                let off = i128::from(part.amount) * i128::from(total) - i128::from(amount) * i128::from(weight);
                prop_assert!(off.abs() < i128::from(total));
                prop_assert!(weight > 0 || part.amount == 0);
            }
        }

        #[test]
        fn a_split_is_even_and_adds_up(amount: i64, parts in 1..500_u16) {
            let split = eur(amount).split(parts).unwrap();
            prop_assert_eq!(Money::sum(Currency::EUR, split.clone()).unwrap(), eur(amount));
            let sizes = split.iter().map(|part| part.amount.unsigned_abs());
            prop_assert!(sizes.clone().max().unwrap() - sizes.clone().min().unwrap() <= 1);
            prop_assert!(sizes.is_sorted_by(|a, b| a >= b));
        }

        #[test]
        fn a_share_is_within_half_a_unit(amount: i64, numerator: u64, denominator: u64) {
            if let Ok(share) = eur(amount).share(numerator, denominator) {
                let difference = (i128::from(share.amount) * i128::from(denominator))
                    .checked_sub(i128::from(amount) * i128::from(numerator));
                prop_assert!(difference.unwrap().unsigned_abs() * 2 <= u128::from(denominator));
                if amount != i64::MIN {
                    prop_assert_eq!(eur(-amount).share(numerator, denominator).unwrap(), eur(-share.amount));
                }
            }
        }

        #[test]
        fn nothing_panics(a: i64, b: i64, count: u32, code in "[A-Z]{3}|EUR|JPY|KWD") {
            let currency = code.parse().unwrap_or(Currency::USD);
            let money = Money::new(a, currency);
            let _ = (money.plus(eur(b)), money.minus(eur(b)), money.times(count), money.compare(eur(b)));
            let _ = (money.split(0), money.share(u64::from(count), 0), money.to_string());
        }
    }

    #[test]
    fn shares_round_once_and_a_half_away_from_zero() {
        assert_eq!(eur(1250).share(18, 100).unwrap(), eur(225));
        assert_eq!(eur(25).share(1, 10).unwrap(), eur(3));
        assert_eq!(eur(-25).share(1, 10).unwrap(), eur(-3));
        assert_eq!(eur(24).share(1, 10).unwrap(), eur(2));
        assert!(eur(i64::MAX).share(2, 1).is_err());
        assert!(eur(1).share(1, 0).is_err());
    }

    #[test]
    fn units_left_over_go_to_who_lost_most() {
        assert_eq!(amounts(&eur(100).split(3).unwrap()), [34, 33, 33]);
        assert_eq!(amounts(&eur(-100).split(3).unwrap()), [-34, -33, -33]);
        assert_eq!(amounts(&eur(10).allocate(&[1, 0, 5]).unwrap()), [2, 0, 8]);
        assert!(eur(1).split(0).is_err() && eur(1).allocate(&[0, 0]).is_err());
    }

    #[test]
    fn two_currencies_never_meet_in_one_sum() {
        let dollars = Money::new(1, Currency::USD);
        assert!(eur(1).plus(dollars).is_err() && eur(1).minus(dollars).is_err());
        assert!(eur(1).compare(dollars).is_err());
        assert_eq!(eur(1).compare(eur(2)).unwrap(), Ordering::Less);
    }

    #[test]
    fn it_is_shown_with_the_digits_of_its_currency() {
        let show = |amount, code: &str| Money::new(amount, code.parse().unwrap()).to_string();
        assert_eq!(show(1234, "EUR"), "12.34 EUR");
        assert_eq!(show(-5, "EUR"), "-0.05 EUR");
        assert_eq!(show(1200, "JPY"), "1200 JPY");
        assert_eq!(show(1005, "KWD"), "1.005 KWD");
        assert_eq!(show(i64::MIN, "USD"), "-92233720368547758.08 USD");
    }

    #[test]
    fn json_is_the_amount_and_the_code_and_nothing_else() {
        let json = json!({"amount": 1234, "currency": "EUR"});
        assert_eq!(serde_json::to_value(eur(1234)).unwrap(), json);
        assert_eq!(serde_json::from_value::<Money>(json.clone()).unwrap(), eur(1234));
        let read = deserr::deserialize::<Money, _, FieldErrors>;
        assert_eq!(read(json).unwrap(), eur(1234));
        assert_eq!(read(json!({"amount": -1, "currency": "EUR"})).unwrap(), eur(-1));
        let broken = read(json!({"amount": 1.5, "currency": "eur"})).unwrap_err();
        let pointers: Vec<_> = broken.0.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/amount", "/currency"]);
    }

    #[test]
    fn every_currency_of_the_table_reads_back_once() {
        let mut codes: Vec<_> = [TWO_DIGITS, WITHOUT_MINOR_UNIT, THREE_DIGITS].concat();
        assert!(codes.iter().all(|code| code.parse::<Currency>().unwrap().code() == *code));
        codes.sort_unstable();
        assert!(codes.is_sorted_by(|a, b| a < b));
        for text in ["", "eur", "XAU", "XXX", "HRK", "EURO"] {
            assert!(text.parse::<Currency>().is_err(), "{text:?}");
        }
    }
}
