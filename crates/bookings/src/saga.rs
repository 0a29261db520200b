//! What becomes of a booking: a pure function from what it is and what happened to what it is then, and what is to be told
//! and asked for. Everything that waits has a deadline, and every step its way back.
//!
//! `on_hold` → `partially_paid` → `paid` → `confirmed` → `completed`; ends beside them are `expired` and `cancelled`.

mod cancel;
mod money;
mod restore;
mod tick;

use contracts::payments::{CheckoutPage, DueLapsed, OfflinePaid, PaymentDue, PromoUse, RefundOwed, Subject};
use kernel::{Failure, Problem, Result, Timestamp, UserId};

use crate::booking::{Booking, BookingStatus, CancelledBy, InstalmentStatus, Reminder, RequestKind};
use crate::participant::ParticipantId;

pub use cancel::RefundChoice;
pub use money::{Arrived, Instalments};
pub use restore::RESTORED_HOLD;

pub const NOT_NOW: Problem = Problem::new("booking-state", 409, "The booking does not allow that now");

/// Why somebody's booking came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Archive {
    Keep(crate::failed::FailureReason),
    /// It came back to life.
    Remove,
}

/// What is told of a booking; facts come from what it is after the step.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    Created,
    PartiallyPaid,
    Paid,
    Confirmed,
    Updated,
    Rescheduled { from_batch: String, from_start: Timestamp },
    Cancelled { by: CancelledBy, was_confirmed: bool, refund: i64, reason: Option<String> },
    Restored,
    Expired,
    Completed,
    ParticipantsCompleted,
    ParticipantCancelled { participant: ParticipantId, refund: i64 },
    RequestCreated(RequestKind),
    RequestResolved { request: RequestKind, approved: bool, answer: Option<String> },
    ReminderDue(Reminder),
}

/// What payments is asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    Due(Box<PaymentDue>),
    Lapsed(DueLapsed),
    Offline(OfflinePaid),
    Refund(RefundOwed),
}

/// What a booking becomes.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub booking: Booking,
    pub told: Vec<Told>,
    pub asked: Vec<Asked>,
    pub archive: Option<Archive>,
}

impl Step {
    pub(crate) fn of(booking: &Booking, now: Timestamp) -> Self {
        let booking = Booking { updated_at: now, ..booking.clone() };
        Self { booking, told: Vec::new(), asked: Vec::new(), archive: None }
    }

    /// A new booking, whose hold is to be paid.
    pub fn held(booking: Booking) -> Self {
        let mut step = Self { booking, told: vec![Told::Created], asked: Vec::new(), archive: None };
        step.ask();
        step
    }

    pub(crate) fn tell(mut self, told: Told) -> Self {
        self.told.push(told);
        self
    }

    /// Says what is due now; each time with a higher revision.
    pub(crate) fn ask(&mut self) {
        self.booking.revision += 1;
        if let Some(due) = self.booking.payment_due() {
            self.asked.push(Asked::Due(Box::new(due)));
        }
    }

    /// Nothing of the next instalment is due any more.
    pub(crate) fn lapse(&mut self) {
        if let Some(next) = self.booking.next_instalment() {
            let about = self.booking.subject(next.no);
            self.asked.push(Asked::Lapsed(DueLapsed { about, revision: self.booking.revision }));
        }
    }

    pub(crate) fn refund(
        &mut self,
        refund: crate::booking::Refund,
        instalment: u32,
        part: Option<String>,
        why: &str,
    ) {
        let booking = &mut self.booking;
        self.asked.push(Asked::Refund(RefundOwed {
            about: booking.subject(instalment),
            key: refund.key.clone(),
            amount: refund.amount,
            currency: booking.price.currency.to_string(),
            reason: why.to_owned(),
            kind: refund.kind.to_string(),
            part,
        }));
        booking.refunds.push(refund);
    }

    /// From what is paid and known follows what it is.
    pub(crate) fn settle(&mut self) {
        let booking = &mut self.booking;
        let before = booking.status;
        if booking.outstanding() > 0 {
            if booking.pool() > 0 {
                booking.status = BookingStatus::PartiallyPaid;
            }
        } else if booking.has_details() {
            booking.status = BookingStatus::Confirmed;
        } else {
            booking.status = BookingStatus::Paid;
        }
        if booking.status == before {
            return;
        }
        if booking.status != BookingStatus::OnHold {
            booking.hold_expires_at = None;
            booking.last_error = None;
        }
        self.told.extend(match booking.status {
            BookingStatus::PartiallyPaid => Some(Told::PartiallyPaid),
            BookingStatus::Paid => Some(Told::Paid),
            BookingStatus::Confirmed => Some(Told::Confirmed),
            _ => None,
        });
    }
}

impl Booking {
    pub fn subject(&self, instalment: u32) -> Subject {
        Subject { kind: "booking".into(), id: self.id.to_string(), instalment }
    }

    /// What is due next, and until when.
    pub(crate) fn payment_due(&self) -> Option<PaymentDue> {
        let next = self.next_instalment()?;
        let ends = self.ends_unpaid();
        let expires_at = match self.status {
            BookingStatus::OnHold => self.hold_expires_at?,
            // Until the morning on which the booking ends for it.
            _ if ends => next.due_at.map_or(self.start_date, |at| at + kernel::time::days(1)),
            _ => self.start_date,
        };
        let promo = self.promo.as_ref().filter(|_| next.no == 1 && self.price.discount > 0);
        let checkout = self.checkout.as_ref().filter(|_| self.status == BookingStatus::OnHold);
        Some(PaymentDue {
            about: self.subject(next.no),
            revision: self.revision,
            user_id: self.user_id,
            amount: next.amount,
            currency: self.price.currency.to_string(),
            description: format!("{}, {} seat(s), {}", self.owner_name, self.active(), self.reference),
            expires_at,
            promo: promo.map(|it| PromoUse { code: it.code.clone(), discount: self.price.discount }),
            checkout: checkout.map(|page| self.page(page)),
        })
    }

    fn page(&self, checkout: &crate::booking::Checkout) -> CheckoutPage {
        let door = platform::config::public_url().unwrap_or_default();
        CheckoutPage {
            customer_email: checkout.email.clone(),
            name: self.owner_name.clone(),
            summary: checkout.summary.clone(),
            image: checkout.image.clone(),
            success_url: format!("{door}/my-tours?alert=booking"),
            cancel_url: format!("{door}/tour/{}", self.owner_id),
        }
    }

    /// It says who comes along; all paid, that confirms it.
    pub fn complete_details(&self, who: &crate::participant::WhoComes, now: Timestamp) -> Result<Step> {
        if !self.counts() || self.status == BookingStatus::Completed {
            return Err(NOT_NOW.because("Participants are named after the first payment and before the end."));
        }
        who.check(self)?;
        let first = !self.has_details();
        let mut step = Step::of(self, now);
        let mut details = who.participants.iter();
        for participant in step.booking.participants.iter_mut().filter(|it| it.is_active()) {
            participant.details = details.next().cloned();
        }
        step.booking.emergency_contact = Some(who.emergency_contact.clone());
        if first {
            step.told.push(Told::ParticipantsCompleted);
        }
        if self.status == BookingStatus::Paid {
            step.settle();
        }
        Ok(step)
    }

    /// It has taken place.
    pub fn complete(&self, no_shows: &[ParticipantId], now: Timestamp) -> Result<Step> {
        if self.status != BookingStatus::Confirmed {
            return Err(NOT_NOW.because("Only a confirmed booking can be completed."));
        }
        if let Some(stranger) = no_shows.iter().find(|id| !self.has_active(**id)) {
            return Err(Failure::field("/no_shows", format!("{stranger} does not come along")));
        }
        let mut step = Step::of(self, now);
        step.booking.status = BookingStatus::Completed;
        for participant in &mut step.booking.participants {
            participant.no_show = no_shows.contains(&participant.id);
        }
        Ok(step.tell(Told::Completed))
    }

    pub(crate) fn has_active(&self, id: ParticipantId) -> bool {
        self.participants.iter().any(|it| it.id == id && it.is_active())
    }

    /// An operator took the rest of the money outside the platform.
    pub fn paid_offline(&self, by: UserId, now: Timestamp) -> Result<Step> {
        if ![BookingStatus::PartiallyPaid, BookingStatus::OnHold].contains(&self.status)
            || self.outstanding() == 0
        {
            return Err(NOT_NOW.because("Nothing is due for this booking."));
        }
        let mut step = Step::of(self, now);
        step.take_offline(u32::MAX, by);
        step.settle();
        Ok(step)
    }
}

impl Step {
    /// Books up to so many instalments as paid outside, and tells payments of each.
    pub(crate) fn take_offline(&mut self, most: u32, by: UserId) {
        let (id, user_id) = (self.booking.id, self.booking.user_id);
        let currency = self.booking.price.currency.to_string();
        let mut taken = 0;
        for at in 0..self.booking.instalments.len() {
            let instalment = &mut self.booking.instalments[at];
            if instalment.status != InstalmentStatus::Due || taken == most {
                continue;
            }
            taken += 1;
            instalment.status = InstalmentStatus::Paid;
            instalment.offline = true;
            let (no, amount) = (instalment.no, instalment.amount);
            self.booking.paid += amount;
            self.asked.push(Asked::Offline(OfflinePaid {
                about: self.booking.subject(no),
                key: format!("{id}#{no}#offline"),
                user_id,
                amount,
                currency: currency.clone(),
                recorded_by: by,
            }));
        }
    }
}

impl Step {
    /// Confirmed without a payment here: it was arranged with the operator.
    pub(crate) fn arrange(&mut self) {
        let booking = &mut self.booking;
        booking.arranged = true;
        booking.instalments.clear();
        booking.hold_expires_at = None;
        booking.status = BookingStatus::Confirmed;
        self.asked.clear();
        self.told = vec![Told::Confirmed];
    }
}
