//! TO-29: departures as everybody sees them.
//!
//! Whether they are seen is a matter of what they are of, and read there: a departure that kept it, too, would keep
//! what was true when it was posted.

use std::collections::HashSet;

use aws_sdk_dynamodb::types::AttributeValue;
use kernel::money::Currency;
use kernel::page::{Page, PageRequest};
use kernel::query::{Parameter, Parameters, Params};
use kernel::time::Moment;
use kernel::{Failure, Result, Timestamp, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::expression::text;
use store::{Key, Listing, Record, Table};

use super::{Batch, BatchStatus};
use crate::booking::{BatchId, OwnerId, OwnerKind};
use crate::terms::Terms;
use crate::{Bookings, Desk};

/// A departure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BatchView {
    pub id: BatchId,
    pub owner_kind: OwnerKind,
    pub owner_id: OwnerId,
    pub start_date: Timestamp,
    pub end_date: Timestamp,
    /// Minor units for one participant.
    pub price: i64,
    pub currency: Currency,
    pub max_participants: u32,
    /// What can still be booked: seats that are held, booked or reserved are not among them.
    pub seats_left: u32,
    pub status: BatchStatus,
    /// Whether it can be booked now.
    pub open: bool,
}

impl From<&Batch> for BatchView {
    fn from(batch: &Batch) -> Self {
        Self {
            id: batch.id,
            owner_kind: batch.owner_kind,
            owner_id: batch.owner_id,
            start_date: batch.start_date,
            end_date: batch.end_date,
            price: batch.price,
            currency: batch.currency,
            max_participants: batch.max_participants,
            seats_left: batch.seats_left(),
            status: batch.status,
            open: batch.is_open(time::now()) && batch.free > 0,
        }
    }
}

/// Which departures. A page may hold fewer than `limit`: filters apply to what the page read.
#[derive(Debug, Clone)]
pub struct BatchQuery {
    pub from: Option<Moment>,
    pub to: Option<Moment>,
    pub open: bool,
    pub max_price: Option<i64>,
    pub min_price: Option<i64>,
    pub page: PageRequest,
}

impl Parameters for BatchQuery {
    fn take(params: &mut Params) -> Self {
        let mut amount = |name: &str| {
            let text = params.take(name)?;
            let amount = text.parse::<i64>().ok().filter(|it| *it >= 0);
            if amount.is_none() {
                params.refuse(name, "must be a whole number of at least 0");
            }
            amount
        };
        let (min_price, max_price) = (amount("min_price"), amount("max_price"));
        let open = params.take("open");
        if open.as_deref().is_some_and(|it| !["true", "false"].contains(&it)) {
            params.refuse("open", "must be true or false");
        }
        Self {
            from: params.take_as("from"),
            to: params.take_as("to"),
            open: open.as_deref() == Some("true"),
            max_price,
            min_price,
            page: PageRequest::take(params),
        }
    }

    fn parameters() -> Vec<Parameter> {
        let moment = json!({"type": "string", "format": "date-time"});
        let amount = json!({"type": "integer", "minimum": 0});
        let mut all = vec![
            Parameter::new(
                "from",
                "The calendar begins at this moment's month; nothing before it is shown.",
                moment.clone(),
            ),
            Parameter::new("to", "Nothing that starts later is shown.", moment),
            Parameter::new("open", "Only what can be booked now.", json!({"type": "boolean"})),
            Parameter::new("min_price", "Minor units.", amount.clone()),
            Parameter::new("max_price", "Minor units.", amount),
        ];
        all.extend(PageRequest::parameters());
        all
    }
}

impl BatchQuery {
    fn fits(&self, batch: &Batch, now: Timestamp) -> bool {
        self.from.is_none_or(|from| batch.start_date >= from.0)
            && self.to.is_none_or(|to| batch.start_date <= to.0)
            && self.min_price.is_none_or(|least| batch.price >= least)
            && self.max_price.is_none_or(|most| batch.price <= most)
            && (!self.open || (batch.is_open(now) && batch.free > 0))
    }
}

/// All departures of a tour or trek; what is bounded by dates and people.
pub(crate) async fn owned(table: &Table, kind: OwnerKind, id: OwnerId) -> Result<Vec<Batch>> {
    let pages = table
        .client
        .query()
        .table_name(&table.name)
        .index_name("gsi2")
        .key_condition_expression("gsi2pk = :owner")
        .expression_attribute_values(":owner", text(Batch::of_owner(kind, id)))
        .into_paginator();
    let mut items = pages.items().send();
    let mut all = Vec::new();
    while let Some(item) = items.next().await {
        all.push(Batch::from_item(item.map_err(store::failure)?)?);
    }
    Ok(all)
}

/// The departure that is next to be booked.
pub(crate) async fn next_open(
    table: &Table,
    kind: OwnerKind,
    id: OwnerId,
    seats: i64,
) -> Result<Option<Batch>> {
    let now = time::now();
    let pages = table
        .client
        .query()
        .table_name(&table.name)
        .index_name("gsi2")
        .key_condition_expression("gsi2pk = :owner AND gsi2sk > :now")
        .expression_attribute_values(":owner", text(Batch::of_owner(kind, id)))
        .expression_attribute_values(
            ":now",
            AttributeValue::S(now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
        )
        .into_paginator();
    let mut items = pages.items().send();
    while let Some(item) = items.next().await {
        let batch = Batch::from_item(item.map_err(store::failure)?)?;
        if batch.is_open(now) && batch.free >= seats {
            return Ok(Some(batch));
        }
    }
    Ok(None)
}

impl Desk {
    /// One month of the calendar, or the departures of one tour or trek, by start.
    pub async fn list_batches(
        &self,
        owner: Option<(OwnerKind, OwnerId)>,
        query: &BatchQuery,
        sees_hidden: bool,
    ) -> Result<Page<BatchView>> {
        let now = time::now();
        let table = &self.bookings.table;
        let (index, pk) = match owner {
            Some((kind, id)) => {
                let terms = table.peek::<Terms>(&Terms::key_of(kind, id)).await?;
                let seen = terms.is_some_and(|it| !it.hidden || sees_hidden);
                if !seen {
                    return Err(Failure::not_found(kind.name()));
                }
                (2, Batch::of_owner(kind, id))
            }
            None => (3, Batch::month(query.from.map_or(now, |from| from.0))),
        };
        let listing = Listing { index: Some(index), pk: &pk, prefix: "", newest_first: false };
        let mut page = self.pager.page::<Batch>(table, listing, &query.page).await?;
        page.data.retain(|batch| query.fits(batch, now));
        if owner.is_none() && !sees_hidden {
            let owners: HashSet<Key> = page.data.iter().map(Batch::terms).collect();
            let owners: Vec<Key> = owners.into_iter().collect();
            let found = table.items(&owners, false).await?;
            let mut shown = HashSet::new();
            for (key, terms) in found {
                if !Terms::from_item(terms)?.hidden {
                    shown.insert(key);
                }
            }
            page.data.retain(|batch| shown.contains(&batch.terms()));
        }
        Ok(page.map(|batch| BatchView::from(&batch)))
    }
}

impl Bookings {
    pub async fn show_batch(&self, id: BatchId, sees_hidden: bool) -> Result<BatchView> {
        let batch = self.batch(id).await?;
        if !sees_hidden {
            let terms = self.table.peek::<Terms>(&batch.terms()).await?;
            terms.filter(|it| !it.hidden).ok_or_else(|| Failure::not_found("departure"))?;
        }
        Ok(BatchView::from(&batch))
    }
}
