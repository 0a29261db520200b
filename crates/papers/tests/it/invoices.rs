//! Invoices, read back.

use kernel::money::{Currency, Money};
use papers::{Invoice, Line, Party, Tax, Taxes};

use crate::pdf;

const fn inr(amount: i64) -> Money {
    Money::new(amount, Currency::INR)
}

fn line(text: &str, quantity: u32, price: i64) -> Line {
    Line { text: text.into(), quantity, price: Some(inr(price)), amount: inr(price * i64::from(quantity)) }
}

fn tax(name: &str, rate: u32, amount: i64) -> Tax {
    Tax { name: name.into(), rate, amount: inr(amount) }
}

fn invoice() -> Invoice {
    Invoice {
        title: "Tax invoice".into(),
        number: "INV-2026-000042".into(),
        date: jiff::civil::date(2026, 3, 1),
        made: "2026-03-01T10:00:00Z".parse().unwrap(),
        seller: Party {
            name: "Caravan Treks Pvt. Ltd.".into(),
            lines: vec!["12 Mall Road".into(), "Manali 175131".into()],
            tax_id: Some("GSTIN 02ABCDE1234F1Z5".into()),
        },
        buyer: Party {
            name: "Zoë Łukasiewicz".into(), lines: vec!["zoe@example.com".into()], tax_id: None
        },
        details: vec![("Booking".into(), "BK-7".into()), ("Batch".into(), "3 to 9 May 2026".into())],
        currency: Currency::INR,
        lines: vec![
            line("Kedarkantha, six days (₹ per person)", 3, 1_200_000),
            Line { text: "Promo EARLY".into(), quantity: 1, price: None, amount: inr(-100_000) },
        ],
        taxes: Taxes::Added(vec![tax("CGST", 250, 87_500), tax("SGST", 250, 87_500)]),
        total: inr(3_675_000),
        paid: inr(1_000_000),
        notes: vec!["No signature is needed.".into()],
    }
}

#[test]
fn everything_stands_on_it_and_the_sums_are_shown() {
    let pages = pdf::pages(&invoice().write().unwrap());
    let [page] = pages.as_slice() else { panic!("{} sheets", pages.len()) };
    for text in [
        "Tax invoice",
        "INV-2026-000042",
        "2026-03-01",
        "GSTIN 02ABCDE1234F1Z5",
        "Zoë Łukasiewicz",
        "BK-7",
        "(₹ per person)",
        "12000.00 INR",
        "36000.00 INR",
        "-1000.00 INR",
        "Subtotal",
        "35000.00 INR",
        "CGST 2.5 %",
        "875.00 INR",
        "36750.00 INR",
        "10000.00 INR",
        "26750.00 INR",
        "No signature is needed.",
        "1 / 1",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
}

#[test]
fn included_taxes_stand_below_the_total() {
    let taxes = Taxes::Included(vec![tax("GST", 500, 166_667)]);
    let invoice = Invoice { taxes, total: inr(3_500_000), ..invoice() };
    let page = pdf::pages(&invoice.write().unwrap()).concat();
    assert!(page.contains("includes GST 5 %") && page.contains("1666.67 INR"), "{page}");
    assert!(!page.contains("Subtotal"));
}

#[test]
fn every_currency_has_its_digits() {
    for (code, shown) in [("JPY", "1500 JPY"), ("KWD", "1.500 KWD"), ("EUR", "15.00 EUR")] {
        let money = Money::new(1500, code.parse().unwrap());
        let invoice = Invoice {
            currency: money.currency,
            lines: vec![Line { text: "Tour".into(), quantity: 1, price: Some(money), amount: money }],
            taxes: Taxes::Added(vec![]),
            total: money,
            paid: money,
            ..invoice()
        };
        let page = pdf::pages(&invoice.write().unwrap()).concat();
        assert!(page.contains(shown) && page.contains("Due"), "{page}");
    }
}

#[test]
fn a_long_one_goes_on_on_the_next_sheet_with_the_same_head() {
    let lines: Vec<Line> = (0..150).map(|number| line(&format!("Item {number}"), 1, 100)).collect();
    let invoice = Invoice { lines, taxes: Taxes::Added(vec![]), total: inr(15_000), ..invoice() };
    let pages = pdf::pages(&invoice.write().unwrap());
    assert!(pages.len() > 2);
    assert!(pages.iter().filter(|page| page.contains("Description")).count() >= pages.len() - 1);
    let all = pages.concat();
    assert!((0..150).all(|number| all.contains(&format!("Item {number}"))));
    // The sums are on one sheet.
    assert!(pages.iter().any(|page| page.contains("Total") && page.contains("Due")));
}

#[test]
fn one_that_does_not_add_up_is_not_printed() {
    let total = Invoice { total: inr(1), ..invoice() };
    let currency = Invoice { total: Money::new(3_675_000, Currency::EUR), ..invoice() };
    let paid = Invoice { paid: Money::new(1, Currency::EUR), ..invoice() };
    let mut price = invoice();
    price.lines[0].quantity = 2;
    for wrong in [total, currency, paid, price] {
        assert!(wrong.write().is_err());
    }
}

#[test]
fn the_same_invoice_is_the_same_file() {
    let file = invoice().write().unwrap();
    assert_eq!(file, invoice().write().unwrap());
    assert!(file.starts_with(b"%PDF-1.7") && file.len() < 30_000, "{} bytes", file.len());
}
