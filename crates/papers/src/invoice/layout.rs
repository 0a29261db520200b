//! An invoice on sheets.

use kernel::Result;
use kernel::money::Money;

use super::{Invoice, Line, Party, Taxes};
use crate::sheets::{MARGIN, Sheets, Style};

const TEXT: Style = Style::regular(9.0);
const BOLD: Style = Style::bold(9.0);
const SMALL: Style = Style::small(8.0);
const TITLE: Style = Style::bold(20.0);
/// Where the columns of numbers end, from the right edge, and where the sums begin.
const PRICE: f32 = 100.0;
const QUANTITY: f32 = 205.0;
const SUMS: f32 = 250.0;
/// Between a text and the number beside it.
const GAP: f32 = 12.0;

pub fn write(invoice: &Invoice) -> Result<Vec<u8>> {
    invoice.check()?;
    let mut writer = Writer { sheets: Sheets::new(false)?, y: MARGIN };
    writer.top(invoice);
    writer.parties(invoice);
    writer.details(invoice);
    writer.lines(invoice);
    writer.sums(invoice)?;
    writer.notes(invoice);
    writer.sheets.finish(&format!("{} {}", invoice.title, invoice.number), invoice.made)
}

struct Writer {
    sheets: Sheets,
    y: f32,
}

impl Writer {
    fn top(&mut self, invoice: &Invoice) {
        let right = self.sheets.right();
        self.y += TITLE.leading();
        self.sheets.text(MARGIN, self.y, TITLE, &invoice.title);
        self.sheets.text_to(right, self.y, BOLD, &invoice.number);
        self.y += TEXT.leading();
        self.sheets.text_to(right, self.y, TEXT, &invoice.date.to_string());
        self.y += 2.0 * TEXT.leading();
    }

    /// Side by side.
    fn parties(&mut self, invoice: &Invoice) {
        let top = self.y;
        let width = (self.sheets.right() - MARGIN) / 2.0;
        let left = self.party(MARGIN, top, width - GAP, "From", &invoice.seller);
        let right = self.party(MARGIN + width, top, width, "To", &invoice.buyer);
        self.y = left.max(right) + TEXT.leading();
    }

    fn party(&mut self, x: f32, top: f32, width: f32, head: &str, party: &Party) -> f32 {
        let mut y = top;
        self.sheets.text(x, y, SMALL, head);
        let lines = std::iter::once((&party.name, BOLD))
            .chain(party.lines.iter().map(|line| (line, TEXT)))
            .chain(party.tax_id.iter().map(|line| (line, TEXT)));
        for (text, style) in lines {
            for line in self.sheets.wrap(text, width, style) {
                y += style.leading();
                self.sheets.text(x, y, style, &line);
            }
        }
        y + TEXT.leading()
    }

    fn details(&mut self, invoice: &Invoice) {
        let names = invoice.details.iter().map(|(name, _)| self.sheets.text_width(name, SMALL));
        let x = MARGIN + names.fold(0.0, f32::max).min(160.0) + GAP;
        for (name, value) in &invoice.details {
            let width = self.sheets.right() - x;
            self.sheets.text(MARGIN, self.y, SMALL, name);
            for line in self.sheets.wrap(value, width, TEXT) {
                self.sheets.text(x, self.y, TEXT, &line);
                self.next(TEXT.leading());
            }
        }
        self.y += TEXT.leading();
    }

    fn lines(&mut self, invoice: &Invoice) {
        self.head();
        for line in &invoice.lines {
            self.line(line);
        }
        self.y += TEXT.leading();
    }

    fn head(&mut self) {
        let right = self.sheets.right();
        self.sheets.text(MARGIN, self.y, BOLD, "Description");
        self.sheets.text_to(right - QUANTITY, self.y, BOLD, "Quantity");
        self.sheets.text_to(right - PRICE, self.y, BOLD, "Price");
        self.sheets.text_to(right, self.y, BOLD, "Amount");
        self.y += 5.0;
        self.sheets.rule(MARGIN, right, self.y, 0.2);
        self.y += TEXT.leading();
    }

    fn line(&mut self, line: &Line) {
        let right = self.sheets.right();
        // The word `Quantity` is wider than any number in its column.
        let width = right - QUANTITY - self.sheets.text_width("Quantity", BOLD) - GAP - MARGIN;
        let text = self.sheets.wrap(&line.text, width, TEXT);
        if self.turn_before(text.len().min(20) as f32 * TEXT.leading()) {
            self.head();
        }
        self.sheets.text_to(right - QUANTITY, self.y, TEXT, &line.quantity.to_string());
        if let Some(price) = line.price {
            self.sheets.text_to(right - PRICE, self.y, TEXT, &price.to_string());
        }
        self.sheets.text_to(right, self.y, TEXT, &line.amount.to_string());
        for part in &text {
            self.sheets.text(MARGIN, self.y, TEXT, part);
            self.next(TEXT.leading());
        }
        self.sheets.rule(MARGIN, right, self.y - TEXT.leading() + 5.0, 0.85);
        self.y += 4.0;
    }

    /// All sums stay on one sheet.
    fn sums(&mut self, invoice: &Invoice) -> Result<()> {
        let mut sums = Vec::new();
        let taxes = invoice.taxes.all();
        match &invoice.taxes {
            Taxes::Added(_) if !taxes.is_empty() => {
                sums.push(("Subtotal".to_owned(), invoice.subtotal()?, TEXT));
                sums.extend(taxes.iter().map(|tax| (tax.shown(), tax.amount, TEXT)));
                sums.push(("Total".to_owned(), invoice.total, BOLD));
            }
            _ => {
                sums.push(("Total".to_owned(), invoice.total, BOLD));
                let included = |name: String| format!("includes {name}");
                sums.extend(taxes.iter().map(|tax| (included(tax.shown()), tax.amount, SMALL)));
            }
        }
        sums.push(("Paid".to_owned(), invoice.paid, TEXT));
        sums.push(("Due".to_owned(), invoice.due()?, BOLD));
        self.turn_before(sums.len() as f32 * (TEXT.leading() + 3.0));
        for (name, amount, style) in sums {
            self.sum(&name, amount, style);
        }
        self.y += TEXT.leading();
        Ok(())
    }

    fn sum(&mut self, name: &str, amount: Money, style: Style) {
        let right = self.sheets.right();
        let amount = amount.to_string();
        let width = SUMS - self.sheets.text_width(&amount, style) - GAP;
        let name = self.sheets.wrap(name, width, style).into_iter().next().unwrap_or_default();
        self.sheets.text(right - SUMS, self.y, style, &name);
        self.sheets.text_to(right, self.y, style, &amount);
        self.y += TEXT.leading() + 3.0;
    }

    fn notes(&mut self, invoice: &Invoice) {
        let width = self.sheets.right() - MARGIN;
        for note in &invoice.notes {
            for line in self.sheets.wrap(note, width, SMALL) {
                self.turn_before(0.0);
                self.sheets.text(MARGIN, self.y, SMALL, &line);
                self.next(SMALL.leading());
            }
            self.y += 4.0;
        }
    }

    /// To the next line, which may be on the next sheet.
    fn next(&mut self, leading: f32) {
        self.y += leading;
        self.turn_before(0.0);
    }

    /// Turns the sheet when so much does not fit any more.
    fn turn_before(&mut self, height: f32) -> bool {
        let full = self.y + height > self.sheets.bottom();
        if full {
            self.sheets.turn();
            self.y = MARGIN + TEXT.leading();
        }
        full
    }
}
