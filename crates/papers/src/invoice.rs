//! Invoices.

mod layout;

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::money::{Currency, Money};
use kernel::{Failure, Result};

/// An invoice as it is printed. It calculates nothing but sums, and refuses to print one that does not add up.
#[derive(Debug, Clone, PartialEq)]
pub struct Invoice {
    /// Above it: `Tax invoice`, `Receipt`, ….
    pub title: String,
    pub number: String,
    /// The day on it.
    pub date: Date,
    /// When the file was made, in its properties only. The same invoice made at the same time is the same file.
    pub made: Timestamp,
    pub seller: Party,
    pub buyer: Party,
    /// More to know, in two columns: `Booking`, `BK-2026-000123`.
    pub details: Vec<(String, String)>,
    pub currency: Currency,
    pub lines: Vec<Line>,
    pub taxes: Taxes,
    /// With all taxes.
    pub total: Money,
    /// How much of it is paid.
    pub paid: Money,
    /// Below everything, one paragraph each.
    pub notes: Vec<String>,
}

/// Who sells or buys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Party {
    pub name: String,
    /// Address, mail, telephone: one line each.
    pub lines: Vec<String>,
    /// `GSTIN 29ABCDE1234F1Z5`; printed as it is.
    pub tax_id: Option<String>,
}

/// What is sold, or a reduction with an amount below zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub text: String,
    pub quantity: u32,
    /// Of one; nothing where a price has no meaning, as for a reduction.
    pub price: Option<Money>,
    pub amount: Money,
}

/// The taxes of the whole invoice, one for each part of the split (such as CGST and SGST).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taxes {
    /// They come on top of the lines.
    Added(Vec<Tax>),
    /// The amounts of the lines hold them already.
    Included(Vec<Tax>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tax {
    pub name: String,
    /// In hundredths of a percent: 250 is 2.5 %.
    pub rate: u32,
    pub amount: Money,
}

impl Invoice {
    /// The PDF.
    pub fn write(&self) -> Result<Vec<u8>> {
        layout::write(self)
    }

    /// The sum of the lines.
    fn subtotal(&self) -> Result<Money> {
        Money::sum(self.currency, self.lines.iter().map(|line| line.amount))
    }

    /// What is still to be paid; below zero somebody paid too much.
    fn due(&self) -> Result<Money> {
        self.total.minus(self.paid)
    }

    /// Numbers on an invoice are promises: better none than a wrong one.
    fn check(&self) -> Result<()> {
        for line in &self.lines {
            if let Some(price) = line.price
                && price.times(line.quantity)? != line.amount
            {
                return Err(wrong(&self.number, "a line"));
            }
        }
        let taxes = |taxes: &[Tax]| Money::sum(self.currency, taxes.iter().map(|tax| tax.amount));
        let total = match &self.taxes {
            Taxes::Added(added) => self.subtotal()?.plus(taxes(added)?)?,
            // Summed for their currency.
            Taxes::Included(included) => taxes(included).and_then(|_| self.subtotal())?,
        };
        if total == self.total { Ok(()) } else { Err(wrong(&self.number, "the total")) }
    }
}

impl Taxes {
    fn all(&self) -> &[Tax] {
        match self {
            Self::Added(taxes) | Self::Included(taxes) => taxes,
        }
    }
}

impl Tax {
    /// `CGST 2.5 %`.
    fn shown(&self) -> String {
        let (whole, part) = (self.rate / 100, self.rate % 100);
        let part = format!(".{part:02}");
        format!("{} {whole}{} %", self.name, part.trim_end_matches('0').trim_end_matches('.'))
    }
}

fn wrong(number: &str, what: &str) -> Failure {
    Failure::internal(format!("{what} of invoice {number} does not add up"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_shown_without_needless_digits() {
        let shown = |rate| Tax { name: "GST".into(), rate, amount: Money::zero(Currency::INR) }.shown();
        assert_eq!(shown(500), "GST 5 %");
        assert_eq!(shown(250), "GST 2.5 %");
        assert_eq!(shown(1825), "GST 18.25 %");
        assert_eq!(shown(5), "GST 0.05 %");
        assert_eq!(shown(0), "GST 0 %");
        assert_eq!(shown(1000), "GST 10 %");
    }
}
