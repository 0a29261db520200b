//! The way back from a cancellation, and to another departure. Whoever calls it takes the seats in the same transaction.

use kernel::{Failure, Result, Timestamp, UserId, time};

use super::{Archive, NOT_NOW, Step, Told};
use crate::batch::Batch;
use crate::booking::{Booking, BookingStatus, Instalment, InstalmentStatus, Remark};
use crate::participant::ParticipantId;

/// How long somebody whose booking came back may take to pay.
pub const RESTORED_HOLD: std::time::Duration = time::hours(24);

impl Booking {
    pub fn restore(&self, now: Timestamp) -> Result<Step> {
        if now >= self.start_date {
            return Err(NOT_NOW.because("Its departure has begun."));
        }
        let mut step = Step::of(self, now);
        match self.status {
            BookingStatus::Expired => step.hold_again(now),
            BookingStatus::Cancelled => {
                let together = |left: &crate::participant::Left| left.together;
                let ids: Vec<_> = self
                    .participants
                    .iter()
                    .filter(|it| it.left.as_ref().is_some_and(together))
                    .map(|it| it.id)
                    .collect();
                // One that came too late for its seats never lost its participants.
                let owed = if ids.is_empty() { self.total - self.pool() } else { step.come_back(&ids) };
                step.booking.cancellation = None;
                step.owe_again(owed, now);
                if step.booking.pool() > 0 || step.booking.outstanding() == 0 {
                    step.settle();
                } else {
                    step.hold_again(now);
                }
            }
            _ => return Err(NOT_NOW.because("Only what was cancelled or has expired can come back.")),
        }
        step.archive = Some(Archive::Remove);
        if step.booking.status != BookingStatus::OnHold && step.booking.outstanding() > 0 {
            step.ask();
        }
        Ok(step.tell(Told::Restored))
    }

    pub fn restore_one(&self, id: ParticipantId, now: Timestamp) -> Result<Step> {
        use BookingStatus::{Confirmed, Paid, PartiallyPaid};
        let participant = self.participants.iter().find(|it| it.id == id);
        let participant = participant.ok_or_else(|| Failure::not_found("participant"))?;
        if ![PartiallyPaid, Paid, Confirmed].contains(&self.status)
            || participant.is_active()
            || now >= self.start_date
        {
            return Err(
                NOT_NOW.because("Only somebody who was cancelled from a living booking can come back.")
            );
        }
        let mut step = Step::of(self, now);
        let owed = step.come_back(&[id]);
        step.owe_again(owed, now);
        if owed > 0 {
            step.ask();
        }
        step.settle();
        Ok(step.tell(Told::Restored))
    }

    /// To another departure of the same tour or trek; terms and price stay, a difference is noted.
    pub fn shift(&self, to: &Batch, by: Option<UserId>, now: Timestamp) -> Result<Step> {
        use BookingStatus::{Confirmed, Paid, PartiallyPaid};
        if ![PartiallyPaid, Paid, Confirmed].contains(&self.status) || now >= self.start_date {
            return Err(NOT_NOW.because("Only a living booking whose departure has not begun can be moved."));
        }
        if to.id == self.batch_id || (to.owner_kind, to.owner_id) != (self.owner_kind, self.owner_id) {
            return Err(Failure::field("/batch_id", "must be another departure of the same tour or trek"));
        }
        let mut step = Step::of(self, now);
        let booking = &mut step.booking;
        booking.batch_id = to.id;
        let difference = (to.price - self.price.unit) * i64::from(self.active());
        booking.moved_to(to.start_date, to.end_date);
        booking.remarks.push(Remark {
            text: format!("Moved from {}; price difference {}.", self.batch_id, self.money(difference)),
            by,
            at: now,
        });
        if booking.outstanding() > 0 {
            step.ask();
        }
        let (from_batch, from_start) = (self.batch_id.to_string(), self.start_date);
        Ok(step.tell(Told::Rescheduled { from_batch, from_start }))
    }

    /// The departure itself has other dates.
    pub fn redated(&self, batch: &Batch, now: Timestamp) -> Option<Step> {
        let same = (self.start_date, self.end_date) == (batch.start_date, batch.end_date);
        if same || self.batch_id != batch.id || !self.counts() || self.status == BookingStatus::Completed {
            return None;
        }
        let mut step = Step::of(self, now);
        step.booking.moved_to(batch.start_date, batch.end_date);
        if step.booking.outstanding() > 0 {
            step.ask();
        }
        let (from_batch, from_start) = (self.batch_id.to_string(), self.start_date);
        Some(step.tell(Told::Rescheduled { from_batch, from_start }))
    }

    fn moved_to(&mut self, start: Timestamp, end: Timestamp) {
        (self.start_date, self.end_date) = (start, end);
        let due_at = self.balance_due_at();
        for instalment in self.instalments.iter_mut().filter(|it| it.status == InstalmentStatus::Due) {
            instalment.due_at = due_at;
        }
        self.reminded.clear();
    }
}

impl Step {
    /// They come along again; answers what is to be paid for them anew.
    fn come_back(&mut self, ids: &[ParticipantId]) -> i64 {
        let mut owed = 0;
        for participant in self.booking.participants.iter_mut().filter(|it| ids.contains(&it.id)) {
            let Some(left) = participant.left.take() else { continue };
            // What was not given back counts for them again.
            self.booking.settled -= left.share - left.refund;
            owed += left.refund + left.dropped;
        }
        owed
    }

    fn owe_again(&mut self, amount: i64, now: Timestamp) {
        let booking = &mut self.booking;
        if amount > 0 {
            let no = booking.instalments.iter().map(|it| it.no).max().unwrap_or(0) + 1;
            let soon = (now + time::days(1)).min(booking.start_date);
            let due_at = booking.balance_due_at().map_or(soon, |at| at.max(soon));
            let status = InstalmentStatus::Due;
            let due_at = Some(due_at);
            booking.instalments.push(Instalment {
                no,
                amount,
                due_at,
                status,
                payment_id: None,
                offline: false,
            });
        }
        booking.total = booking.paid + booking.outstanding();
    }

    fn hold_again(&mut self, now: Timestamp) {
        self.booking.status = BookingStatus::OnHold;
        self.booking.hold_expires_at = Some((now + RESTORED_HOLD).min(self.booking.start_date));
        self.booking.last_error = None;
        self.booking.attempts += 1;
        self.ask();
    }
}
