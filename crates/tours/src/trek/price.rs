//! What a participant pays: price, tax and the payment provider's fee, in whole minor units.

use deserr::Deserr;
use kernel::Result;
use kernel::money::{Currency, Money};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether the price holds the tax already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Deserr, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[deserr(rename_all = lowercase)]
pub enum TaxKind {
    Included,
    #[default]
    Excluded,
}

/// Who pays the payment provider's fee.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Deserr, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[deserr(rename_all = lowercase)]
pub enum FeePayer {
    Customer,
    #[default]
    #[serde(rename = "self")]
    #[deserr(rename = "self")]
    Us,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Gst {
    /// At most two decimals.
    #[schemars(range(min = 0, max = 100), example = &5.0)]
    pub percent: f64,
    #[serde(rename = "type", default)]
    #[deserr(rename = "type", default)]
    #[schemars(rename = "type")]
    pub kind: TaxKind,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Gateway {
    /// At most two decimals.
    #[schemars(range(min = 0, max = 100), example = &2.5)]
    pub percent: f64,
    #[serde(rename = "type", default)]
    #[deserr(rename = "type", default)]
    #[schemars(rename = "type")]
    pub kind: FeePayer,
}

impl Gst {
    /// Hundredths of a percent.
    pub fn rate(self) -> u32 {
        rate(self.percent)
    }
}

impl Gateway {
    /// Hundredths of a percent.
    pub fn rate(self) -> u32 {
        rate(self.percent)
    }
}

fn rate(percent: f64) -> u32 {
    (percent * 100.0).round().clamp(0.0, 10_000.0) as u32
}

/// Whether it is from 0 to 100 and has at most two decimals, so that nothing is lost when it is kept whole.
pub fn is_percent(percent: f64) -> bool {
    (0.0..=100.0).contains(&percent) && (percent * 100.0 - (percent * 100.0).round()).abs() < 1e-9
}

/// What a price is made of: the net amount, tax and fee add up to the total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PriceBreakdown {
    /// Without tax and fee.
    pub net: i64,
    pub gst: i64,
    /// 0 when the customer does not pay it.
    pub gateway_fee: i64,
    /// What a participant pays.
    pub total: i64,
    pub currency: Currency,
}

/// Order of rounding: the tax is rounded once from the price; the fee is rounded once from price and tax; the rest is left.
pub fn breakdown(price: i64, currency: Currency, gst: Gst, gateway: Gateway) -> Result<PriceBreakdown> {
    let price = Money::new(price, currency);
    let rate = u64::from(gst.rate());
    let (net, tax) = match gst.kind {
        TaxKind::Included => {
            let tax = price.share(rate, 10_000 + rate)?;
            (price.minus(tax)?, tax)
        }
        TaxKind::Excluded => (price, price.share(rate, 10_000)?),
    };
    let gross = net.plus(tax)?;
    let fee = match gateway.kind {
        FeePayer::Customer => gross.share(gateway.rate().into(), 10_000)?,
        FeePayer::Us => Money::zero(currency),
    };
    let total = gross.plus(fee)?.amount;
    Ok(PriceBreakdown { net: net.amount, gst: tax.amount, gateway_fee: fee.amount, total, currency })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(price: i64, percent: f64, kind: TaxKind, fee: f64, payer: FeePayer) -> PriceBreakdown {
        breakdown(price, Currency::INR, Gst { percent, kind }, Gateway { percent: fee, kind: payer }).unwrap()
    }

    #[test]
    fn tax_is_added_or_taken_out_and_the_fee_comes_on_top() {
        let added = of(1_000_000, 5.0, TaxKind::Excluded, 2.5, FeePayer::Customer);
        assert_eq!(
            (added.net, added.gst, added.gateway_fee, added.total),
            (1_000_000, 50_000, 26_250, 1_076_250)
        );
        let within = of(1_050_000, 5.0, TaxKind::Included, 2.5, FeePayer::Us);
        assert_eq!(
            (within.net, within.gst, within.gateway_fee, within.total),
            (1_000_000, 50_000, 0, 1_050_000)
        );
        let nothing = of(999, 0.0, TaxKind::Excluded, 0.0, FeePayer::Customer);
        assert_eq!((nothing.net, nothing.gst, nothing.total), (999, 0, 999));
    }

    #[test]
    fn a_percent_is_kept_whole_or_refused() {
        assert!(is_percent(0.0) && is_percent(2.36) && is_percent(100.0) && is_percent(18.0));
        assert!(!is_percent(-0.01) && !is_percent(100.01) && !is_percent(2.365) && !is_percent(f64::NAN));
        assert_eq!(rate(2.36), 236);
    }

    proptest! {
        #[test]
        fn the_parts_add_up(price in 0..10_000_000_000i64, gst in 0..=10_000u32, fee in 0..=10_000u32, included: bool, ours: bool) {
            let kind = if included { TaxKind::Included } else { TaxKind::Excluded };
            let payer = if ours { FeePayer::Us } else { FeePayer::Customer };
            let parts = of(price, f64::from(gst) / 100.0, kind, f64::from(fee) / 100.0, payer);
            prop_assert_eq!(parts.net + parts.gst + parts.gateway_fee, parts.total);
            prop_assert!(parts.net >= 0 && parts.gst >= 0 && parts.gateway_fee >= 0);
            prop_assert_eq!(included && ours, parts.total == price && included && ours);
            prop_assert!(parts.total >= price);
        }
    }
}
