//! What a booking costs, in whole minor units, whatever the client says.

use contracts::payments::PromoChanged;
use contracts::tours::SalesTerms;
use kernel::money::{Currency, Money};
use kernel::{Result, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the price of a booking is made of, besides seats: kept with the booking, so that it can be worked out again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rates {
    /// Hundredths of a percent.
    pub gst: u32,
    /// Whether prices hold the tax already.
    pub gst_included: bool,
    /// Hundredths of a percent of price and tax; 0 when the customer does not pay it.
    pub gateway: u32,
}

impl From<&SalesTerms> for Rates {
    fn from(terms: &SalesTerms) -> Self {
        Self {
            gst: terms.gst_rate,
            gst_included: terms.gst_included,
            gateway: if terms.gateway_by_customer { terms.gateway_rate } else { 0 },
        }
    }
}

/// Something on top, for each participant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "BookedAddOn")]
pub struct AddOn {
    pub name: String,
    /// Minor units for one participant.
    pub price: i64,
}

/// A code as bookings knows it: a projection of payments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Promo {
    pub code: String,
    pub percentage: bool,
    /// Hundredths of a percent, or minor units.
    pub value: i64,
}

impl Promo {
    /// Whether the code holds for this; whether uses are left is payments' matter.
    pub fn usable(told: &PromoChanged, subtotal: Money, owner: &str, now: Timestamp) -> Option<Self> {
        let currency = subtotal.currency.code();
        let fits = told.active
            && !told.deleted
            && (told.valid_from..=told.valid_until).contains(&now)
            && subtotal.amount >= told.min_order
            && (told.applicable.is_empty() || told.applicable.iter().any(|id| id == owner))
            && (told.percentage || told.currency.as_deref().is_none_or(|it| it == currency));
        fits.then(|| Self { code: told.code.clone(), percentage: told.percentage, value: told.value.max(0) })
    }

    /// Never more than there is.
    fn discount(&self, subtotal: Money) -> Result<Money> {
        let off = if self.percentage {
            subtotal.share(self.value.unsigned_abs(), 10_000)?.amount
        } else {
            self.value
        };
        Ok(Money::new(off.clamp(0, subtotal.amount), subtotal.currency))
    }
}

/// What the total is made of: `net + gst + gateway_fee = total`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Price {
    /// Minor units for one participant.
    pub unit: i64,
    /// Seats.
    pub base: i64,
    pub add_ons: i64,
    pub discount: i64,
    /// Without tax and fee.
    pub net: i64,
    pub gst: i64,
    pub gateway_fee: i64,
    pub total: i64,
    pub currency: Currency,
}

/// What `participants` pay.
///
/// Order of rounding: seats and add-ons are whole; the discount is rounded once from their sum; the tax is rounded once from
/// what is left (taken out of it when prices hold it); the fee is rounded once from that and the tax. The rest is left.
/// The total is one that a card can be charged: what that takes more is part of the fee.
pub fn price(
    unit: i64,
    currency: Currency,
    participants: u32,
    add_ons: &[AddOn],
    rates: &Rates,
    promo: Option<&Promo>,
) -> Result<Price> {
    let base = Money::new(unit, currency).times(participants)?;
    let each = Money::sum(currency, add_ons.iter().map(|it| Money::new(it.price, currency)))?;
    let extra = each.times(participants)?;
    let subtotal = base.plus(extra)?;
    let discount = promo.map_or(Ok(Money::zero(currency)), |promo| promo.discount(subtotal))?;
    let left = subtotal.minus(discount)?;
    let rate = u64::from(rates.gst);
    let (net, tax) = if rates.gst_included {
        let tax = left.share(rate, 10_000 + rate)?;
        (left.minus(tax)?, tax)
    } else {
        (left, left.share(rate, 10_000)?)
    };
    let gross = net.plus(tax)?;
    let total = gross.plus(gross.share(u64::from(rates.gateway), 10_000)?)?.for_a_card()?;
    let fee = total.minus(gross)?;
    Ok(Price {
        unit,
        base: base.amount,
        add_ons: extra.amount,
        discount: discount.amount,
        net: net.amount,
        gst: tax.amount,
        gateway_fee: fee.amount,
        total: total.amount,
        currency,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rates(gst: u32, gst_included: bool, gateway: u32) -> Rates {
        Rates { gst, gst_included, gateway }
    }

    fn meal(price: i64) -> AddOn {
        AddOn { name: "Meals".into(), price }
    }

    #[test]
    fn seats_add_ons_discount_tax_and_fee_make_the_total() {
        let ten = Promo { code: "TEN".into(), percentage: true, value: 1_000 };
        let of =
            |rates: &Rates, promo| price(100_000, Currency::INR, 2, &[meal(5_000)], rates, promo).unwrap();
        let parts = of(&rates(500, false, 250), Some(&ten));
        assert_eq!((parts.base, parts.add_ons, parts.discount), (200_000, 10_000, 21_000));
        assert_eq!((parts.net, parts.gst, parts.gateway_fee, parts.total), (189_000, 9_450, 4_961, 203_411));
        let within = of(&rates(500, true, 0), None);
        assert_eq!((within.net, within.gst, within.total), (200_000, 10_000, 210_000));
    }

    #[test]
    fn a_discount_is_never_more_than_there_is() {
        let much = Promo { code: "MUCH".into(), percentage: false, value: 1_000_000 };
        let free = price(100, Currency::EUR, 1, &[], &rates(500, false, 0), Some(&much)).unwrap();
        assert_eq!((free.discount, free.total), (100, 0));
    }

    proptest! {
        #[test]
        fn the_parts_add_up_in_every_currency(
            unit in 0..10_000_000_000_i64, n in 1..50_u32, extra in 0..1_000_000_i64, gst in 0..10_000_u32,
            included: bool, fee in 0..1_000_u32, percentage: bool, value in 0..20_000_i64, code in "JPY|EUR|KWD|MGA",
        ) {
            let promo = Promo { code: "P".into(), percentage, value };
            let currency = code.parse().unwrap();
            let rates = rates(gst, included, fee);
            let parts = price(unit, currency, n, &[meal(extra)], &rates, Some(&promo)).unwrap();
            prop_assert_eq!(parts.net + parts.gst + parts.gateway_fee, parts.total);
            prop_assert_eq!(parts.total % parts.currency.card_step(), 0);
            prop_assert!(parts.discount <= parts.base + parts.add_ons);
            prop_assert!([parts.net, parts.gst, parts.gateway_fee, parts.discount].iter().all(|it| *it >= 0));
            let without = price(unit, currency, n, &[meal(extra)], &rates, None).unwrap();
            prop_assert!(parts.total <= without.total);
            if included {
                prop_assert_eq!(parts.net + parts.gst, parts.base + parts.add_ons - parts.discount);
            }
        }
    }
}
