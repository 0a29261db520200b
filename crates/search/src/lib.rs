//! Finding things by words, facets and places, in the context's own table.
//!
//! An inverted index: each document has one posting for every term that finds it, and each posting carries what the
//! list shows and filters by. So a page is answered from the postings of one term, in the order asked for, and its cost
//! follows the hits and never the table.
//!
//! | question | key or index | consistency |
//! |---|---|---|
//! | which match a term, by relevance | `TERM#<index>#<term>` · relevance, rating, id | eventual |
//! | the same by rating, price, newest | gsi2, gsi3, gsi4 of the same partition | eventual |
//! | which are in a cell | `GEO#<index>#<geohash>` · id | eventual |
//! | which terms has a document | `INDEX#<index>#<id>` · `MANIFEST` | strong |
//!
//! Terms are beginnings of words (`w:elec`), facets (`city:accra`), and pairs of them (`w:elec|city:accra`), so that what
//! people ask for together is read together. What a query asks beyond its term is compared while reading, within a budget:
//! a page that has used it up is short and still has a cursor.

mod document;
mod find;
pub mod geo;
mod index;
mod manifest;
mod near;
mod query;
pub mod text;

pub use document::{Document, Hit, Posting, Ranks, Weight};
pub use geo::Point;
pub use index::Index;
pub use near::MOST_KM;
pub use query::{Near, Order, Query};

/// An index of a context.
#[derive(Debug, Clone, Copy)]
pub struct Schema {
    pub name: &'static str,
    /// Facets, or [`WORD`], that are often asked for together: the first of these that a query has is read. The most
    /// selective stand first.
    pub pairs: &'static [(&'static str, &'static str)],
    /// Single terms in the order in which they are tried after the pairs.
    pub singles: &'static [&'static str],
}

/// The name of words among the facets.
pub const WORD: &str = "w";
/// The term that every document has.
pub const ALL: &str = "all";
/// What everybody reads is written to so many partitions, so that none is hot.
pub const SHARDS: u8 = 4;
