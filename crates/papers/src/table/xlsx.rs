//! XLSX: one sheet whose first row stays in sight.

use jiff::tz::TimeZone;
use kernel::Result;
use kernel::money::Money;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::{Cell, Table};
use crate::font::broken;

/// What Excel takes of a text.
const MOST_LETTERS: usize = 32_767;
const MOST_LETTERS_OF_A_NAME: usize = 31;
/// Above it a floating point number, which is all that Excel knows, is not exact.
const MOST_EXACT: u64 = 1 << 53;

pub fn write(table: &Table) -> Result<Vec<u8>> {
    fill(table).map_err(broken)
}

fn fill(table: &Table) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_timestamp(table.made.as_second())?;
    book.set_properties(
        &DocProperties::new().set_title(&table.title).set_author("Caravan").set_creation_datetime(&made),
    );
    let sheet = book.add_worksheet();
    sheet.set_name(name(&table.title))?;
    let head = Format::new().set_bold();
    for (column, name) in (0..).zip(&table.columns) {
        sheet.write_string_with_format(0, column, cut(name), &head)?;
    }
    for (row, cells) in (1..).zip(&table.rows) {
        for (column, cell) in (0..).zip(cells) {
            put(sheet, row, column, cell)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofit();
    book.save_to_buffer()
}

fn put(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => {}
        Cell::Number(number) if number.unsigned_abs() <= MOST_EXACT => {
            sheet.write_number(row, column, *number as f64)?;
        }
        Cell::Money(money) if money.amount.unsigned_abs() <= MOST_EXACT => {
            let (value, format) = amount(*money);
            sheet.write_number_with_format(row, column, value, &Format::new().set_num_format(format))?;
        }
        Cell::Date(date) if date.year() >= 1900 => {
            let value = day(*date)?;
            sheet.write_datetime_with_format(
                row,
                column,
                &value,
                &Format::new().set_num_format("yyyy-mm-dd"),
            )?;
        }
        Cell::Moment(at) if at.as_second() >= 0 => {
            let at = at.to_zoned(TimeZone::UTC);
            let value = day(at.date())?.and_hms(small(at.hour()), small(at.minute()), at.second())?;
            let format = Format::new().set_num_format("yyyy-mm-dd hh:mm");
            sheet.write_datetime_with_format(row, column, &value, &format)?;
        }
        // As text, whatever it begins with; never as a formula.
        cell => {
            sheet.write_string(row, column, cut(&cell.shown()))?;
        }
    }
    Ok(())
}

fn amount(money: Money) -> (f64, String) {
    let digits = money.currency.minor_digits();
    let decimals = if digits == 0 { String::new() } else { format!(".{}", "0".repeat(digits as usize)) };
    let value = money.amount as f64 / 10_f64.powi(digits.cast_signed());
    (value, format!("#,##0{decimals} \"{}\"", money.currency))
}

fn day(date: jiff::civil::Date) -> Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::from_ymd(date.year().unsigned_abs(), small(date.month()), small(date.day()))
}

fn small<T: From<u8>>(number: i8) -> T {
    T::from(number.unsigned_abs())
}

fn cut(text: &str) -> String {
    text.chars().take(MOST_LETTERS).collect()
}

/// A name that a sheet may have. Excel counts in units of UTF-16.
fn name(title: &str) -> String {
    let mut units = 0;
    let fits = |letter: &char| {
        units += letter.len_utf16();
        units <= MOST_LETTERS_OF_A_NAME
    };
    let allowed = title.chars().filter(|letter| !r"[]:*?/\".contains(*letter) && !letter.is_control());
    let name: String = allowed.take_while(fits).collect();
    let name = name.trim_matches(['\'', ' ']);
    if name.is_empty() { "Table".to_owned() } else { name.to_owned() }
}
