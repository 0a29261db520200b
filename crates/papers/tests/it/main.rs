//! Invoices and tables, read again by the libraries of others.

mod invoices;
mod pdf;
mod tables;
