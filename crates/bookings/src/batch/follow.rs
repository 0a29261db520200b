//! What follows a departure: others learn of its seats, and its bookings of its end and its dates.

use contracts::bookings::{FollowBatch, TellBatch};
use kernel::{Problem, Result, time};
use messaging::Received;
use store::expression::text;
use store::{Record, Transaction};

use super::{Batch, SeatHold};
use crate::Bookings;
use crate::booking::{BookingId, BookingStatus, CancelledBy};
use crate::saga::RefundChoice;

/// Bookings that one message takes care of: well within the consumer's time.
const PAGE: i32 = 20;

impl Bookings {
    /// Seats moved: whoever comes last tells them all.
    pub async fn tell_batch(&self, asked: &Received<TellBatch>) -> Result<()> {
        let Ok(id) = asked.batch_id.parse() else { return Ok(()) };
        let Some(batch) = self.table.get::<Batch>(&Batch::key_of(id)).await? else { return Ok(()) };
        let effect = Transaction::new().publish(&batch.snapshot(batch.version))?;
        asked.commit(&self.table, effect).await.map(drop)
    }

    /// BK-27: a page of the departure's bookings, then the message for the next. Whoever dies in between begins the page again;
    /// what was done of it is not done twice.
    pub async fn follow_batch(&self, asked: &Received<FollowBatch>) -> Result<()> {
        let Ok(id) = asked.batch_id.parse() else { return Ok(()) };
        let Some(batch) = self.table.get::<Batch>(&Batch::key_of(id)).await? else { return Ok(()) };
        let page = self.holds(&batch, asked.after.as_deref()).await?;
        for hold in &page {
            self.follow_one(&batch, hold.booking_id, &asked.change).await?;
        }
        let mut effect = Transaction::new();
        if page.len() == PAGE as usize {
            let after = page.last().map(|it| it.booking_id.to_string());
            effect = effect.command(&FollowBatch { after, ..asked.message.clone() })?;
        }
        asked.commit(&self.table, effect).await.map(drop)
    }

    async fn follow_one(&self, batch: &Batch, id: BookingId, change: &str) -> Result<()> {
        let done = self
            .change(id, |booking, now| match change {
                // Since then it was moved away, or ended.
                _ if booking.batch_id != batch.id || booking.seats() == (0, 0) => Ok(None),
                "cancelled" if booking.status != BookingStatus::Completed => {
                    booking.cancel(CancelledBy::BatchCancelled, RefundChoice::Full, None, now).map(Some)
                }
                "moved" => Ok(booking.redated(batch, now)),
                _ => Ok(None),
            })
            .await;
        match done {
            Err(failure) if failure.problem == Problem::NOT_FOUND => Ok(()),
            done => done.map(drop),
        }
    }

    /// Who has seats on a departure, in order.
    pub(crate) async fn holds(&self, batch: &Batch, after: Option<&str>) -> Result<Vec<SeatHold>> {
        // `~` sorts behind every id.
        let first = after.map_or(SeatHold::PREFIX.to_owned(), |id| format!("{}{id}~", SeatHold::PREFIX));
        let answer = self
            .table
            .client
            .query()
            .table_name(&self.table.name)
            .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last")
            .expression_attribute_values(":pk", text(Batch::partition(batch.id)))
            .expression_attribute_values(":first", text(first))
            .expression_attribute_values(":last", text(format!("{}~", SeatHold::PREFIX)))
            .consistent_read(true)
            .limit(PAGE)
            .send()
            .await
            .map_err(store::failure)?;
        answer.items.unwrap_or_default().into_iter().map(SeatHold::from_item).collect()
    }

    /// By date a departure begins and ends.
    pub(crate) async fn advance_batch(&self, item: store::Item) -> Result<()> {
        let id = Batch::from_item(item)?.id;
        let now = time::now();
        let advanced = self.edit_batch(id, |batch| {
            // The index may be a moment behind.
            match batch.status {
                super::BatchStatus::Upcoming if batch.start_date <= now => {
                    batch.advance(super::BatchStatus::Ongoing)
                }
                super::BatchStatus::Ongoing if batch.end_date <= now => {
                    batch.advance(super::BatchStatus::Completed)
                }
                _ => Ok(()),
            }
        });
        match advanced.await {
            Err(failure) if failure.problem == Problem::NOT_FOUND => Ok(()),
            done => done.map(drop),
        }
    }
}
