//! Every change of a booking: its item, its seats, its guards, the counts, the events, and what payments is asked for, in
//! one transaction. What of them is needed follows from the booking before and after.

use contracts::bookings as told;
use contracts::bookings::TellBatch;
use contracts::notifications::Send;
use kernel::{Failure, Problem, Result, Timestamp, time};
use messaging::Received;
use store::{Key, Record, Transaction};

use crate::batch::{Batch, BatchStatus, Offer, SOLD_OUT, SeatHold, Shift, sold_out};
use crate::booking::{Booking, BookingId, BookingStatus};
use crate::entry::Entry;
use crate::failed::FailedBooking;
use crate::letters::letters;
use crate::saga::{Archive, Asked, Step, Told};
use crate::{AGAIN, Bookings, again, statistics};

pub const ALREADY_HELD: Problem =
    Problem::new("already-held", 409, "They hold seats on this departure already");

/// One hold of a person on a departure at a time.
pub(crate) fn hold_guard(booking: &Booking) -> String {
    format!("OPENHOLD#{}#{}", booking.user_id, booking.batch_id)
}

pub(crate) fn reference_guard(reference: &str) -> String {
    format!("REFERENCE#{reference}")
}

impl Bookings {
    /// The booking as it is now.
    pub(crate) async fn booking(&self, id: BookingId) -> Result<Booking> {
        self.table.get(&Booking::key_of(id)).await?.ok_or_else(|| Failure::not_found("booking"))
    }

    /// A new booking with its seats.
    pub(crate) fn created(&self, step: &Step, offer: Offer) -> Result<Transaction> {
        let (step, letters) = addressed(None, step);
        let (table, booking) = (&self.table, &step.booking);
        let id = booking.id.to_string();
        let effect = Transaction::new()
            .create(table, booking, Failure::internal("booking id used twice"))?
            .create(table, &Entry::of(booking), Failure::internal("booking id used twice"))?
            .guard(table, &reference_guard(&booking.reference), &id, AGAIN.because("Try again."))?;
        write(self.follows(effect, None, &step, offer)?, &letters)
    }

    /// The next state of a booking with all that follows from it.
    pub(crate) fn changed(&self, before: &Booking, step: &Step, offer: Offer) -> Result<Transaction> {
        let (step, letters) = addressed(Some(before), step);
        let effect = Transaction::new().replace(&self.table, &step.booking)?;
        write(self.follows(effect, Some(before), &step, offer)?, &letters)
    }

    fn follows(
        &self,
        effect: Transaction,
        before: Option<&Booking>,
        step: &Step,
        offer: Offer,
    ) -> Result<Transaction> {
        let after = &step.booking;
        let effect = self.seats(effect, before, after, offer)?;
        let effect = self.guards(effect, before, after)?;
        let effect = statistics::counted(effect, &self.table, before, after)?;
        let effect = self.archived(effect, step)?;
        let version = before.map_or(after.version, |before| before.version + 1);
        asked(publish(effect, step, version)?, &step.asked)
    }

    fn seats(
        &self,
        mut effect: Transaction,
        before: Option<&Booking>,
        after: &Booking,
        offer: Offer,
    ) -> Result<Transaction> {
        let table = &self.table;
        let is = Shift::of(after);
        let was = before.map(Shift::of).unwrap_or_default();
        let moved = before.is_some_and(|before| before.batch_id != after.batch_id);
        let mut shifts = Vec::new();
        match before {
            Some(before) if moved => {
                shifts.push((before.batch_id, Shift::default().minus(was)));
                shifts.push((after.batch_id, Shift { uses: 1, ..is }));
            }
            Some(_) => shifts.push((after.batch_id, is.minus(was))),
            None => shifts.push((after.batch_id, Shift { uses: 1, ..is })),
        }
        for (batch, shift) in shifts.into_iter().filter(|(_, shift)| !shift.is_nothing()) {
            let taken = shift.held + shift.booked;
            let refused =
                if taken > 0 { sold_out(0) } else { Failure::internal("seats given back that nobody took") };
            effect = effect.update(shift.update(table, batch, offer)?, refused);
            if shift.moves_seats() {
                effect = effect.command(&TellBatch { batch_id: batch.to_string() })?;
            }
        }
        let (old, new) = (before.and_then(SeatHold::of), SeatHold::of(after));
        if old == new {
            return Ok(effect);
        }
        if let Some(old) = old.filter(|old| new.as_ref().is_none_or(|new| new.key() != old.key())) {
            effect = effect.forget(table, &old.key())?;
        }
        if let Some(new) = new {
            // The booking's version guards it.
            effect = effect.overwrite(table, new.to_item()?)?;
        }
        Ok(effect)
    }

    fn guards(&self, effect: Transaction, before: Option<&Booking>, after: &Booking) -> Result<Transaction> {
        let held = |booking: &Booking| booking.status == BookingStatus::OnHold;
        match (before.is_some_and(held), held(after)) {
            (false, true) => {
                let taken = ALREADY_HELD
                    .because("Let them pay for the seats they hold, or wait until the hold is over.");
                effect.guard(&self.table, &hold_guard(after), &after.id.to_string(), taken)
            }
            (true, false) => {
                let key = Key::new(before.map(hold_guard).unwrap_or_default(), "GUARD");
                effect.forget(&self.table, &key)
            }
            _ => Ok(effect),
        }
    }

    fn archived(&self, effect: Transaction, step: &Step) -> Result<Transaction> {
        let table = &self.table;
        match step.archive {
            None => Ok(effect),
            Some(Archive::Keep(reason)) => {
                let failed = FailedBooking::of(&step.booking, reason, step.booking.updated_at);
                effect.overwrite(table, failed.to_item()?)
            }
            Some(Archive::Remove) => effect.forget(table, &FailedBooking::key_of(step.booking.id)),
        }
    }

    /// Changes a booking as somebody wants it, and answers what it is then.
    pub(crate) async fn change(
        &self,
        id: BookingId,
        change: impl Fn(&Booking, Timestamp) -> Result<Option<Step>>,
    ) -> Result<Booking> {
        again(|| async {
            let before = self.booking(id).await?;
            let Some(step) = change(&before, time::now())? else { return Ok(before) };
            let offer = Offer::default();
            match self.changed(&before, &step, offer)?.commit(&self.table).await {
                Err(failure) if failure.problem == SOLD_OUT => Err(self.left(&step.booking).await?),
                Err(failure) => Err(failure),
                Ok(()) => Ok(Booking { version: before.version + 1, ..step.booking }),
            }
        })
        .await
    }

    /// Changes a booking as another context tells, once; a booking that is gone needs nothing.
    pub(crate) async fn react<M: Sync>(
        &self,
        told: &Received<M>,
        id: &str,
        change: impl Fn(&Booking, bool, Timestamp) -> Result<Option<Step>>,
    ) -> Result<()> {
        let Ok(id) = id.parse::<BookingId>() else { return Ok(()) };
        again(|| async {
            let Some(before) = self.table.get::<Booking>(&Booking::key_of(id)).await? else { return Ok(()) };
            let room = before.status == BookingStatus::Expired && self.has_room(&before).await?;
            let Some(step) = change(&before, room, time::now())? else { return Ok(()) };
            let effect = self.changed(&before, &step, Offer::default())?;
            match told.commit(&self.table, effect).await {
                // The seats went while we looked: looked at again, there is no room.
                Err(failure) if failure.problem == SOLD_OUT => Err(AGAIN.because("Try again.")),
                done => done.map(drop),
            }
        })
        .await
    }

    async fn has_room(&self, booking: &Booking) -> Result<bool> {
        let batch = self.table.get::<Batch>(&Batch::key_of(booking.batch_id)).await?;
        let now = time::now();
        let fits = |batch: &Batch| batch.is_open(now) && batch.free >= i64::from(booking.active());
        Ok(batch.is_some_and(|batch| fits(&batch)))
    }

    /// Why a departure did not take them.
    pub(crate) async fn left(&self, booking: &Booking) -> Result<Failure> {
        let batch = self.table.get::<Batch>(&Batch::key_of(booking.batch_id)).await?;
        Ok(match batch {
            Some(batch) if batch.status != BatchStatus::Upcoming => {
                crate::saga::NOT_NOW.because(format!("The departure is {}.", batch.status))
            }
            batch => sold_out(batch.map_or(0, |batch| batch.seats_left())),
        })
    }
}

/// The step, with who was written to, and what they are written.
fn addressed(before: Option<&Booking>, step: &Step) -> (Step, Vec<Send>) {
    let mut step = step.clone();
    let letters = letters(before, &mut step.booking);
    (step, letters)
}

fn write(effect: Transaction, letters: &[Send]) -> Result<Transaction> {
    letters.iter().try_fold(effect, Transaction::command)
}

fn publish(mut effect: Transaction, step: &Step, version: u64) -> Result<Transaction> {
    let after = &step.booking;
    for event in &step.told {
        let booking = told::BookingFacts { version, ..after.facts() };
        effect = match event.clone() {
            Told::Created => {
                let hold_expires_at = after.hold_expires_at.unwrap_or(after.created_at);
                effect.publish(&told::BookingCreated { booking, hold_expires_at })?
            }
            Told::PartiallyPaid => {
                let balance_due_at = after.next_instalment().and_then(|it| it.due_at);
                let balance = after.outstanding();
                effect.publish(&told::BookingPartiallyPaid { booking, balance, balance_due_at })?
            }
            Told::Paid => effect.publish(&told::BookingPaid { booking })?,
            Told::Confirmed => effect.publish(&told::BookingConfirmed { booking })?,
            Told::Updated => effect.publish(&told::BookingUpdated { booking })?,
            Told::Rescheduled { from_batch, from_start } => effect.publish(&told::BookingRescheduled {
                booking,
                from_batch_id: from_batch,
                from_start_date: from_start,
            })?,
            Told::Cancelled { by, was_confirmed, refund, reason } => {
                let by = by.to_string();
                effect.publish(&told::BookingCancelled { booking, by, was_confirmed, refund, reason })?
            }
            Told::Restored => effect.publish(&told::BookingRestored { booking })?,
            Told::Expired => effect.publish(&told::BookingExpired { booking })?,
            Told::Completed => effect.publish(&told::BookingCompleted { booking })?,
            Told::ParticipantsCompleted => effect.publish(&told::ParticipantsCompleted { booking })?,
            Told::ParticipantCancelled { participant, refund } => {
                let participant_id = participant.to_string();
                effect.publish(&told::ParticipantCancelled { booking, participant_id, refund })?
            }
            Told::RequestCreated(request) => {
                effect.publish(&told::RequestCreated { booking, request: request.to_string() })?
            }
            Told::RequestResolved { request, approved, answer } => {
                let request = request.to_string();
                effect.publish(&told::RequestResolved { booking, request, approved, answer })?
            }
            Told::ReminderDue(reminder) => {
                let balance_due_at = after.next_instalment().and_then(|it| it.due_at);
                let (reminder, balance) = (reminder.to_string(), after.outstanding());
                effect.publish(&told::ReminderDue { booking, reminder, balance, balance_due_at })?
            }
        };
    }
    Ok(effect)
}

fn asked(effect: Transaction, asked: &[Asked]) -> Result<Transaction> {
    asked.iter().try_fold(effect, |effect, asked| match asked {
        Asked::Due(due) => effect.command(&**due),
        Asked::Lapsed(lapsed) => effect.command(lapsed),
        Asked::Offline(paid) => effect.command(paid),
        Asked::Refund(owed) => effect.command(owed),
    })
}
