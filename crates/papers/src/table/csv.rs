//! CSV (RFC 4180) that spreadsheets open without running anything.

use std::borrow::Cow;

use csv::{Terminator, WriterBuilder};
use kernel::Result;

use super::{Cell, Table};
use crate::font::broken;

/// Without it Excel takes UTF-8 for the machine's old code page.
const BOM: &[u8] = "\u{feff}".as_bytes();

pub fn write(table: &Table) -> Result<Vec<u8>> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(BOM.to_vec());
    writer.write_record(table.columns.iter().map(|name| harmless(name).into_owned())).map_err(broken)?;
    for row in &table.rows {
        writer.write_record(row.iter().map(written)).map_err(broken)?;
    }
    writer.into_inner().map_err(broken)
}

fn written(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => harmless(text).into_owned(),
        Cell::Moment(at) => at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        cell => cell.shown(),
    }
}

/// A spreadsheet takes a text that begins like a formula for one. An apostrophe before it makes it text again; that a
/// telephone number gets one too is the price (OWASP, "CSV injection").
fn harmless(text: &str) -> Cow<'_, str> {
    let formula = text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if formula || text.starts_with(['\t', '\r', '\n']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}
