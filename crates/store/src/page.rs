//! Pages of a list: one query each, whatever the size of the table.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use kernel::page::{Cursor, Cursors, Page, PageRequest};
use kernel::{Failure, Result};
use platform::{StartError, config};

use crate::expression::text;
use crate::record::{Item, Record};
use crate::table::{Table, failure};

/// Which items, in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listing<'a> {
    /// An index by its number; the table itself when `None`.
    pub index: Option<u8>,
    pub pk: &'a str,
    /// How the sort keys begin.
    pub prefix: &'a str,
    /// Sort keys downwards: with sortable ids, the newest first.
    pub newest_first: bool,
}

/// Reads pages and seals the cursors that lead from one to the next.
#[derive(Clone)]
pub struct Pager {
    key: Vec<u8>,
}

impl Pager {
    /// Needs [`platform::describe::Grant::Cursors`].
    pub fn start() -> Result<Self, StartError> {
        Ok(Self::new(&config::required("CURSOR_KEY")?))
    }

    pub fn new(key: &str) -> Self {
        Self { key: key.as_bytes().to_vec() }
    }

    /// One page, in one call. It reads one item more than it shows, to know whether there is another page.
    pub async fn page<T: Record>(
        &self,
        table: &Table,
        listing: Listing<'_>,
        request: &PageRequest,
    ) -> Result<Page<T>> {
        let Listing { index, pk, prefix, newest_first } = listing;
        let list = format!("{index:?} {pk} {prefix} {newest_first}");
        let cursors = Cursors::new(&self.key, &list)?;
        let after = request.cursor.as_ref().map(|cursor| opened(&cursors, cursor)).transpose()?;
        let (partition, sort) = match index {
            None => ("pk".to_owned(), "sk".to_owned()),
            Some(index) => (format!("gsi{index}pk"), format!("gsi{index}sk")),
        };
        // A key condition may not compare with an empty text.
        let (condition, prefix) = match prefix {
            "" => ("#pk = :pk", None),
            prefix => ("#pk = :pk AND begins_with(#sk, :sk)", Some(text(prefix))),
        };
        let mut query = table
            .client
            .query()
            .table_name(&table.name)
            .set_index_name(index.map(|index| format!("gsi{index}")))
            .key_condition_expression(condition)
            .expression_attribute_names("#pk", &partition)
            .expression_attribute_values(":pk", text(pk))
            .scan_index_forward(!newest_first)
            .set_exclusive_start_key(after)
            .limit(i32::try_from(request.limit).unwrap_or(i32::MAX).saturating_add(1));
        if let Some(prefix) = prefix {
            query = query.expression_attribute_names("#sk", &sort).expression_attribute_values(":sk", prefix);
        }
        let mut items = query.send().await.map_err(failure)?.items.unwrap_or_default();
        let more = items.len() > request.limit as usize;
        items.truncate(request.limit as usize);
        let last = items.last().filter(|_| more);
        let next = last.map(|item| sealed(&cursors, item, [&partition, &sort])).transpose()?;
        let data = items.into_iter().map(T::from_item).collect::<Result<_>>()?;
        Ok(Page::new(data, request.limit, next))
    }
}

/// The keys of an item: where the next page begins.
fn sealed(cursors: &Cursors<'_>, item: &Item, of_index: [&str; 2]) -> Result<Cursor> {
    let names = ["pk", "sk"].into_iter().chain(of_index);
    let key: BTreeMap<_, _> = names.filter_map(|name| Some((name, item.get(name)?.as_s().ok()?))).collect();
    cursors.seal(&key)
}

fn opened(cursors: &Cursors<'_>, cursor: &Cursor) -> Result<Item> {
    let key: BTreeMap<String, String> = cursors.open(cursor)?;
    if key.is_empty() {
        return Err(Failure::internal("a cursor of ours without a key"));
    }
    Ok(key.into_iter().map(|(name, value)| (name, AttributeValue::S(value))).collect())
}
