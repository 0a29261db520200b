//! Papers that leave the system: tables as CSV, XLSX and PDF, invoices as PDF.
//!
//! The same input gives the same bytes: dates are those of the input, never of the clock.
//!
//! PDFs are written in Noto Sans, which comes along: Latin with all accents, Greek, Cyrillic and the currency signs.
//! Scripts that need shaping (Devanagari, Arabic, …) are not in it; such a letter is printed as `?`. CSV and XLSX
//! keep every letter.

mod font;
mod format;
mod invoice;
mod sheets;
mod table;

pub use format::Format;
pub use invoice::{Invoice, Line, Party, Tax, Taxes};
pub use table::{Cell, Table};
