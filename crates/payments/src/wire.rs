//! Amounts as the provider writes them: minor units like ours, but for three currencies
//! (docs.stripe.com/currencies, "Special cases" and "Zero-decimal currencies").

use kernel::money::Currency;
use kernel::{Failure, Result};

/// Without a minor unit, yet written in hundredths there.
const IN_HUNDREDTHS: [&str; 2] = ["ISK", "UGX"];
/// With a minor unit, yet written in whole units there.
const IN_WHOLE: [&str; 1] = ["MGA"];

/// Our minor units as theirs. What cannot be said there is refused rather than rounded.
pub fn to_stripe(amount: i64, currency: Currency) -> Result<i64> {
    let code = currency.code();
    let told = match code {
        _ if IN_HUNDREDTHS.contains(&code) => amount.checked_mul(100),
        _ if IN_WHOLE.contains(&code) => (amount % 100 == 0).then_some(amount / 100),
        // Their last digit must be a nought: a card knows two digits at most.
        _ if currency.minor_digits() == 3 => (amount % 10 == 0).then_some(amount),
        _ => Some(amount),
    };
    told.ok_or_else(|| Failure::internal(format!("{amount} {code} cannot be asked for at the provider")))
}

/// The nearest amount that can be said there: a share of one may have a digit too many.
pub fn sayable(amount: i64, currency: Currency) -> i64 {
    let step = currency.card_step();
    amount.saturating_add(step / 2) / step * step
}

/// Their minor units as ours; the currency in either case.
pub fn from_stripe(amount: i64, currency: &str) -> i64 {
    let code = currency.to_uppercase();
    match code.as_str() {
        code if IN_HUNDREDTHS.contains(&code) => amount / 100,
        code if IN_WHOLE.contains(&code) => amount.saturating_mul(100),
        _ => amount,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn three_currencies_are_written_otherwise() {
        let told = |amount, code: &str| to_stripe(amount, code.parse().unwrap()).ok();
        assert_eq!(told(1_234, "EUR"), Some(1_234));
        assert_eq!(told(1_234, "JPY"), Some(1_234));
        assert_eq!(told(1_234, "ISK"), Some(123_400));
        assert_eq!(told(123_400, "MGA"), Some(1_234));
        assert_eq!(told(1_234, "MGA"), None);
        assert_eq!(told(1_230, "KWD"), Some(1_230));
        assert_eq!(told(1_234, "KWD"), None);
    }

    proptest! {
        #[test]
        fn what_is_rounded_can_be_told(amount in 0..1_000_000_000i64, code in prop_oneof![
            Just("EUR"), Just("JPY"), Just("ISK"), Just("UGX"), Just("MGA"), Just("KWD")
        ]) {
            let currency = code.parse().unwrap();
            let rounded = sayable(amount, currency);
            prop_assert!(to_stripe(rounded, currency).is_ok());
            prop_assert!((rounded - amount).abs() <= 50);
            prop_assert_eq!(sayable(rounded, currency), rounded);
        }

        #[test]
        fn what_is_told_comes_back(amount in 1..1_000_000_000i64, code in prop_oneof![
            Just("EUR"), Just("JPY"), Just("ISK"), Just("UGX"), Just("MGA"), Just("KWD")
        ]) {
            if let Ok(told) = to_stripe(amount, code.parse().unwrap()) {
                prop_assert_eq!(from_stripe(told, &code.to_lowercase()), amount);
            }
        }
    }
}
