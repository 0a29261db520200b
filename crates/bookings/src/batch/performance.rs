//! TO-37: how a departure did, and a whole trek: counted with every change of a booking.

use contracts::reviews::RatingRecalculated;
use kernel::money::Currency;
use kernel::{Failure, Problem, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::expression::number;
use store::sdk::types::Put;
use store::{Key, Record, Transaction};

use super::list::owned;
use super::{Batch, Totals};
use crate::Bookings;
use crate::booking::{BatchId, OwnerId, OwnerKind};

/// How a tour or trek is rated: a projection of reviews.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rating(pub RatingRecalculated);

impl Rating {
    fn key_of(kind: &str, id: &str) -> Key {
        Key::new(format!("RATING#{kind}#{id}"), "RATING")
    }
}

impl Record for Rating {
    const KIND: &'static str = "rating";

    fn key(&self) -> Key {
        Self::key_of(&self.0.subject_kind, &self.0.subject_id)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Performance {
    pub departures: u32,
    /// That have or had their seats and were not cancelled.
    pub bookings: i64,
    pub participants: i64,
    /// Seats that could be sold.
    pub capacity: i64,
    /// Minor units that came, less those that went back.
    pub revenue: i64,
    pub currency: Option<Currency>,
    /// Who really came, of departures that are over.
    pub actual_participants: i64,
    pub no_shows: i64,
    /// Participants who were cancelled.
    pub cancellations: i64,
    /// With one decimal; none without a rating.
    pub rating: Option<f64>,
}

impl Bookings {
    pub async fn batch_performance(&self, id: BatchId) -> Result<Performance> {
        let batch = self.batch(id).await?;
        let rating = self.rating(batch.owner_kind, batch.owner_id).await?;
        Ok(performance(&[batch], rating))
    }

    pub async fn owner_performance(&self, kind: OwnerKind, id: OwnerId) -> Result<Performance> {
        let batches = owned(&self.table, kind, id).await?;
        if batches.is_empty() {
            return Err(Failure::not_found(kind.name()));
        }
        Ok(performance(&batches, self.rating(kind, id).await?))
    }

    async fn rating(&self, kind: OwnerKind, id: OwnerId) -> Result<Option<f64>> {
        let rating = self.table.peek::<Rating>(&Rating::key_of(kind.name(), &id.to_string())).await?;
        let rated = rating.filter(|it| it.0.count > 0);
        Ok(rated.map(|it| (it.0.sum as f64 / it.0.count as f64 * 10.0).round() / 10.0))
    }

    /// Keeps the newest.
    pub async fn keep_rating(&self, told: &RatingRecalculated) -> Result<()> {
        if !["tour", "trek"].contains(&told.subject_kind.as_str()) {
            return Ok(());
        }
        const OLDER: Problem = Problem::new("older-state", 409, "A newer state is known");
        let put = Put::builder()
            .table_name(&self.table.name)
            .set_item(Some(Rating(told.clone()).to_item()?))
            .condition_expression("attribute_not_exists(pk) OR version < :version")
            .expression_attribute_values(":version", number(told.version))
            .build()
            .map_err(Failure::internal)?;
        match Transaction::new().put(put, OLDER.because("Nothing is to be done.")).commit(&self.table).await {
            Err(failure) if failure.problem == OLDER => Ok(()),
            done => done,
        }
    }
}

fn performance(batches: &[Batch], rating: Option<f64>) -> Performance {
    let mut sum = Totals::default();
    let mut capacity = 0;
    for batch in batches {
        let it = batch.totals;
        sum.bookings += it.bookings;
        sum.participants += it.participants;
        sum.revenue += it.revenue;
        sum.refunded += it.refunded;
        sum.cancellations += it.cancellations;
        sum.actual += it.actual;
        sum.no_shows += it.no_shows;
        capacity += i64::from(batch.max_participants) - i64::from(batch.reserved_slots);
    }
    Performance {
        departures: u32::try_from(batches.len()).unwrap_or(u32::MAX),
        bookings: sum.bookings,
        participants: sum.participants,
        capacity,
        revenue: sum.revenue - sum.refunded,
        currency: batches.first().map(|it| it.currency),
        actual_participants: sum.actual,
        no_shows: sum.no_shows,
        cancellations: sum.cancellations,
        rating,
    }
}
