//! TO-30, TO-31, TO-32, TO-34: writing departures.

use contracts::bookings::{BatchCancelled, BatchChanged, FollowBatch};
use deserr::Deserr;
use kernel::time::Moment;
use kernel::{Failure, FieldErrors, Problem, Result, Timestamp, time};
use schemars::JsonSchema;
use store::Transaction;
use web::{Created, NoContent, Once};

use super::list::BatchView;
use super::{Batch, BatchStatus, Totals, not_started};
use crate::booking::{BatchId, OwnerId, OwnerKind};
use crate::terms::Terms;
use crate::{Bookings, again};

pub const BATCH_BOOKED: Problem = Problem::new("batch-booked", 409, "Somebody has booked this departure");
pub const BATCH_STATE: Problem = Problem::new("batch-state", 409, "The departure does not allow that now");
pub const SEATS_IN_USE: Problem = Problem::new("seats-in-use", 409, "More seats are in use than that");

/// More than anybody leads, and still a number of seats that one row holds.
const MOST_SEATS: u32 = 1_000;
/// Beyond it money is a slip of the keyboard: ten billion in a currency of two digits.
const DEAREST: i64 = 1_000_000_000_000;

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewBatch {
    pub owner_kind: OwnerKind,
    pub owner_id: OwnerId,
    pub start_date: Moment,
    pub end_date: Moment,
    /// Minor units for one participant; absent: that of the tour or trek.
    #[deserr(default)]
    #[schemars(range(min = 0))]
    pub price: Option<i64>,
    #[deserr(default)]
    #[schemars(range(min = 1, max = 1000))]
    pub max_participants: Option<u32>,
    #[deserr(default)]
    #[schemars(range(min = 0, max = 1000))]
    pub reserved_slots: Option<u32>,
}

/// What is absent stays as it is.
#[derive(Debug, Default, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct BatchPatch {
    #[deserr(default)]
    pub start_date: Option<Moment>,
    #[deserr(default)]
    pub end_date: Option<Moment>,
    /// Of bookings to come; those there are keep theirs.
    #[deserr(default)]
    #[schemars(range(min = 0))]
    pub price: Option<i64>,
    #[deserr(default)]
    #[schemars(range(min = 1, max = 1000))]
    pub max_participants: Option<u32>,
    #[deserr(default)]
    #[schemars(range(min = 0, max = 1000))]
    pub reserved_slots: Option<u32>,
    /// Whether it is sold.
    #[deserr(default)]
    pub is_active: Option<bool>,
}

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct StatusWish {
    pub status: BatchStatus,
}

impl Batch {
    pub fn new(
        terms: &Terms,
        start: Timestamp,
        end: Timestamp,
        price: i64,
        seats: u32,
        reserved: u32,
    ) -> Self {
        Self {
            id: BatchId::new(),
            owner_kind: terms.kind,
            owner_id: terms.id,
            start_date: start,
            end_date: end,
            posted_start: None,
            price,
            currency: terms.currency,
            max_participants: seats,
            reserved_slots: reserved,
            held: 0,
            booked: 0,
            free: i64::from(seats) - i64::from(reserved),
            status: BatchStatus::Upcoming,
            is_active: true,
            uses: 0,
            totals: Totals::default(),
            created_at: time::now(),
            version: 1,
        }
    }

    fn check(&self) -> Result<()> {
        let mut errors = FieldErrors::default();
        if self.end_date <= self.start_date {
            errors.push("/end_date", "must be after the start");
        }
        if !(0..=DEAREST).contains(&self.price) {
            errors.push("/price", format!("must be from 0 to {DEAREST}"));
        }
        if !(1..=MOST_SEATS).contains(&self.max_participants) {
            errors.push("/max_participants", format!("must be from 1 to {MOST_SEATS}"));
        }
        if self.reserved_slots > self.max_participants {
            errors.push("/reserved_slots", "must be at most max_participants");
        }
        errors.or(())
    }

    /// The one way of a departure through time.
    pub fn advance(&mut self, to: BatchStatus) -> Result<()> {
        use BatchStatus::{Cancelled, Completed, Ongoing, Upcoming};
        match (self.status, to) {
            (Upcoming, Ongoing | Cancelled) | (Ongoing, Completed) => self.status = to,
            (from, to) => return Err(BATCH_STATE.because(format!("It is {from} and cannot become {to}."))),
        }
        Ok(())
    }
}

impl Bookings {
    pub async fn create_batch(&self, once: Once, new: &NewBatch) -> Result<Created<BatchView>> {
        not_started(new.start_date.0)?;
        let terms = self.table.get::<Terms>(&Terms::key_of(new.owner_kind, new.owner_id)).await?;
        let terms = terms.filter(|it| !it.deleted);
        let terms = terms.ok_or_else(|| Failure::field("/owner_id", "is no tour or trek"))?;
        if terms.custom.is_some() {
            return Err(Failure::field("/owner_id", "was made for somebody and has its one departure"));
        }
        let price = new.price.unwrap_or(terms.price);
        let (seats, reserved) = (new.max_participants.unwrap_or(10), new.reserved_slots.unwrap_or(0));
        let batch = Batch::new(&terms, new.start_date.0, new.end_date.0, price, seats, reserved);
        batch.check()?;
        let effect = Transaction::new()
            .create(&self.table, &batch, Failure::internal("batch id used twice"))?
            .publish(&batch.snapshot(batch.version))?;
        let body = BatchView::from(&batch);
        let reply = Created { location: format!("/api/v1/batches/{}", batch.id), body };
        once.commit(&self.table, effect, reply).await
    }

    pub async fn update_batch(&self, id: BatchId, patch: &BatchPatch) -> Result<BatchView> {
        let change = |batch: &mut Batch| {
            if ![BatchStatus::Upcoming, BatchStatus::Ongoing].contains(&batch.status) {
                return Err(BATCH_STATE.because(format!("It is {}.", batch.status)));
            }
            let start = patch.start_date.map(|it| it.0).filter(|start| *start != batch.start_date);
            if let Some(start) = start {
                not_started(start)?;
                if batch.status != BatchStatus::Upcoming {
                    return Err(BATCH_STATE.because("It has begun."));
                }
                batch.start_date = start;
            }
            batch.end_date = patch.end_date.map_or(batch.end_date, |it| it.0);
            batch.price = patch.price.unwrap_or(batch.price);
            batch.max_participants = patch.max_participants.unwrap_or(batch.max_participants);
            batch.reserved_slots = patch.reserved_slots.unwrap_or(batch.reserved_slots);
            batch.is_active = patch.is_active.unwrap_or(batch.is_active);
            batch.check()?;
            let used = batch.held + batch.booked;
            batch.free = i64::from(batch.max_participants) - i64::from(batch.reserved_slots) - used;
            if batch.free < 0 {
                return Err(SEATS_IN_USE.because(format!("{used} seats are held or booked.")));
            }
            Ok(())
        };
        self.edit_batch(id, change).await.map(|batch| BatchView::from(&batch))
    }

    pub async fn set_batch_status(&self, id: BatchId, to: BatchStatus) -> Result<BatchView> {
        self.edit_batch(id, |batch| batch.advance(to)).await.map(|batch| BatchView::from(&batch))
    }

    /// Changes a departure with all that follows: what is told, and what its bookings have to follow.
    pub(crate) async fn edit_batch(
        &self,
        id: BatchId,
        change: impl Fn(&mut Batch) -> Result<()>,
    ) -> Result<Batch> {
        again(|| async {
            let before = self.batch(id).await?;
            let mut after = before.clone();
            change(&mut after)?;
            if after == before {
                return Ok(after);
            }
            let mut effect = Transaction::new().replace(&self.table, &after)?;
            after.version += 1;
            effect = effect.publish(&after.snapshot(after.version))?;
            let follow =
                |change: &str| FollowBatch { batch_id: id.to_string(), change: change.into(), after: None };
            if after.status == BatchStatus::Cancelled {
                let told = BatchCancelled {
                    batch_id: id.to_string(),
                    owner_kind: after.owner_kind.to_string(),
                    owner_id: after.owner_id.to_string(),
                };
                effect = effect.publish(&told)?.command(&follow("cancelled"))?;
            } else if (after.start_date, after.end_date) != (before.start_date, before.end_date) {
                effect = effect.command(&follow("moved"))?;
            }
            effect.commit(&self.table).await?;
            Ok(after)
        })
        .await
    }

    pub(crate) async fn batch(&self, id: BatchId) -> Result<Batch> {
        self.table.get(&Batch::key_of(id)).await?.ok_or_else(|| Failure::not_found("departure"))
    }

    /// Only one that nobody ever booked: others are in somebody's books.
    pub async fn delete_batch(&self, id: BatchId) -> Result<NoContent> {
        again(|| async {
            let batch = self.batch(id).await?;
            if batch.uses > 0 {
                return Err(
                    BATCH_BOOKED.because("Cancel it instead, so that everybody gets their money back.")
                );
            }
            let gone = BatchChanged { deleted: true, ..batch.snapshot(batch.version + 1) };
            let changed = Problem::CONFLICT.because("Read it again.");
            Transaction::new()
                .discard(&self.table, &batch, changed)?
                .publish(&gone)?
                .commit(&self.table)
                .await?;
            Ok(NoContent)
        })
        .await
    }
}
