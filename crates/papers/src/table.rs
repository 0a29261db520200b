//! Tables: lists and exports.

mod csv;
mod pdf;
mod xlsx;

use jiff::Timestamp;
use jiff::civil::Date;
use kernel::money::Money;
use kernel::{Failure, Result};

use crate::Format;

/// A table with one name for each column and one cell for each column in each row.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Above the table in a PDF, and the name of the sheet in XLSX.
    pub title: String,
    /// When it was made: the date in the files. The same table made at the same time is the same file.
    pub made: Timestamp,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

/// What stands in a cell. Spreadsheets get numbers, money and dates as such, and never a text as a formula.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Cell {
    #[default]
    Empty,
    Text(String),
    Number(i64),
    Money(Money),
    Date(Date),
    /// In UTC.
    Moment(Timestamp),
}

impl Table {
    /// The file; see [`Format::content_type`] and [`Format::extension`].
    pub fn write(&self, format: Format) -> Result<Vec<u8>> {
        if let Some(row) = self.rows.iter().find(|row| row.len() != self.columns.len()) {
            return Err(Failure::internal(format!(
                "a row of {} cells in a table of {} columns",
                row.len(),
                self.columns.len()
            )));
        }
        match format {
            Format::Csv => csv::write(self),
            Format::Xlsx => xlsx::write(self),
            Format::Pdf => pdf::write(self),
        }
    }
}

impl Cell {
    /// Numbers stand below each other.
    fn is_number(&self) -> bool {
        matches!(self, Self::Number(_) | Self::Money(_))
    }

    /// For people.
    fn shown(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Money(money) => money.to_string(),
            Self::Date(date) => date.to_string(),
            Self::Moment(at) => at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Cell {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<Money> for Cell {
    fn from(money: Money) -> Self {
        Self::Money(money)
    }
}

impl From<Date> for Cell {
    fn from(date: Date) -> Self {
        Self::Date(date)
    }
}

impl From<Timestamp> for Cell {
    fn from(at: Timestamp) -> Self {
        Self::Moment(at)
    }
}

/// Nothing is an empty cell.
impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}
