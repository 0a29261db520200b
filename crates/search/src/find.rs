//! One page of what matches a query: postings read in the order asked for, and merged where there are several partitions.

use std::collections::VecDeque;

use futures_util::future::try_join_all;
use kernel::page::{Cursors, Page, PageRequest};
use kernel::{Failure, Result};
use serde::de::DeserializeOwned;
use store::expression::text;
use store::sdk::types::AttributeValue;

use crate::query::Plan;
use crate::{Hit, Index, Order, Posting, Query};

/// Queries for one page, and postings in one query: what a page may cost at most.
pub const QUERIES: usize = 4;
pub const POSTINGS: usize = 100;

impl Index {
    /// A page of hits. One that has read as much as a page may is short, and goes on with its cursor.
    ///
    /// `key` seals the cursors (`Grant::Cursors`).
    pub async fn find<C: DeserializeOwned>(
        &self,
        key: &[u8],
        query: &Query,
        page: &PageRequest,
    ) -> Result<Page<Hit<C>>> {
        let list = format!("{} {query:?}", self.schema.name);
        let cursors = Cursors::new(key, &list)?;
        if query.order == Order::Distance {
            return self.nearby(&cursors, query, page).await;
        }
        let plan = query.plan(&self.schema);
        let after: Option<Vec<String>> =
            page.cursor.as_ref().map(|cursor| cursors.open(cursor)).transpose()?;
        let after = after.unwrap_or_else(|| vec![String::new(); plan.partitions.len()]);
        if after.len() != plan.partitions.len() {
            return Err(Failure::internal("a cursor of ours for other partitions"));
        }
        let limit = page.limit as usize;
        let mut streams: Vec<_> =
            plan.partitions.iter().zip(after).map(|(pk, after)| Stream::new(pk, after)).collect();
        let mut left = QUERIES.max(streams.len());
        let mut hits = Vec::new();
        let more = loop {
            let hungry: Vec<_> = streams.iter_mut().filter(|stream| stream.is_hungry()).collect();
            if !hungry.is_empty() {
                if hungry.len() > left {
                    break true;
                }
                left -= hungry.len();
                let size = if plan.exact { limit + 1 } else { POSTINGS };
                try_join_all(hungry.into_iter().map(|stream| stream.read(self, query.order, &plan, size)))
                    .await?;
                continue;
            }
            let Some(stream) =
                streams.iter_mut().filter(|it| !it.buffer.is_empty()).min_by(|a, b| a.head().cmp(b.head()))
            else {
                break false;
            };
            let Some((sort, posting)) = stream.buffer.pop_front() else { break false };
            if query.matches(&posting) {
                if hits.len() == limit {
                    break true;
                }
                let km = query.km(&posting);
                hits.push(Hit { id: posting.id, card: posting.card, km });
            }
            stream.after = sort;
        };
        let ends: Vec<_> = streams.iter().map(|stream| &stream.after).collect();
        let next = more.then(|| cursors.seal(&ends)).transpose()?;
        Ok(Page::new(hits, page.limit, next))
    }
}

/// The postings of one partition, in order.
struct Stream<C> {
    pk: String,
    /// The sort key of the last posting that was looked at.
    after: String,
    buffer: VecDeque<(String, Posting<C>)>,
    /// Whether there may be more in the table than in the buffer.
    open: bool,
    /// Where the next read begins.
    read_to: String,
}

impl<C: DeserializeOwned> Stream<C> {
    fn new(pk: &str, after: String) -> Self {
        Self { pk: pk.to_owned(), read_to: after.clone(), after, buffer: VecDeque::new(), open: true }
    }

    fn is_hungry(&self) -> bool {
        self.open && self.buffer.is_empty()
    }

    fn head(&self) -> &str {
        self.buffer.front().map_or("", |(sort, _)| sort)
    }

    async fn read(&mut self, index: &Index, order: Order, plan: &Plan, size: usize) -> Result<()> {
        let number = match order {
            Order::Relevance | Order::Distance => None,
            Order::Rating => Some(2),
            Order::Price => Some(3),
            Order::Newest => Some(4),
        };
        let (partition, sort) = match number {
            None => ("pk".to_owned(), "sk".to_owned()),
            Some(number) => (format!("gsi{number}pk"), format!("gsi{number}sk")),
        };
        // Between the last one read and the next; sort keys end with an id, so no two are the same.
        let from = if self.read_to.is_empty() { " ".to_owned() } else { format!("{}\u{1}", self.read_to) };
        let answer = index
            .table
            .client
            .query()
            .table_name(&index.table.name)
            .set_index_name(number.map(|number| format!("gsi{number}")))
            .key_condition_expression("#pk = :pk AND #sk BETWEEN :from AND :to")
            .expression_attribute_names("#pk", &partition)
            .expression_attribute_names("#sk", &sort)
            .expression_attribute_values(":pk", text(&self.pk))
            .expression_attribute_values(":from", text(from))
            .expression_attribute_values(":to", text(&plan.bound))
            .limit(i32::try_from(size).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(store::failure)?;
        self.open = answer.last_evaluated_key.is_some();
        for item in answer.items.unwrap_or_default() {
            let key = item.get(&sort).map(AttributeValue::as_s);
            let Some(Ok(key)) = key else { return Err(Failure::internal("a posting without its sort key")) };
            let key = key.clone();
            self.read_to.clone_from(&key);
            self.buffer.push_back((key, Posting::read(item)?));
        }
        Ok(())
    }
}
