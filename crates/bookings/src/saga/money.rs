//! Money that comes, and what payments tells of it.

use contracts::payments::{
    CheckoutOpened, DueRejected, PaymentFailed, PaymentSucceeded, RefundFailed, RefundRequested,
    RefundSucceeded,
};
use kernel::{Result, Timestamp, time};

use super::{Archive, Step};
use crate::booking::{
    Booking, BookingStatus, Cancellation, CancelledBy, Instalment, InstalmentStatus, LastError, PartPayment,
    Payment, PaymentMode, Refund, RefundKind, RefundStatus,
};
use crate::price;
use crate::saga::Told;

/// Of whom the days are counted when a balance is due.
pub struct Instalments;

impl Instalments {
    /// What is due when. A fixed first part counts for each participant, and is never more than the total.
    pub fn plan(booking: &Booking) -> Result<Vec<Instalment>> {
        let total = booking.total;
        let first = match (&booking.part_payment, booking.payment_mode) {
            (Some(part), PaymentMode::Partial) => first_part(booking, part)?.min(total),
            _ => total,
        };
        let due = |no, amount, due_at| Instalment {
            no,
            amount,
            due_at,
            status: InstalmentStatus::Due,
            payment_id: None,
            offline: false,
        };
        let mut plan = vec![due(1, first, None)];
        if first < total {
            plan.push(due(2, total - first, booking.balance_due_at()));
        }
        plan.retain(|it| it.amount > 0);
        Ok(plan)
    }
}

/// Rounded once, to what a card can be charged.
fn first_part(booking: &Booking, part: &PartPayment) -> Result<i64> {
    let first = if part.percentage {
        booking.money(booking.total).share(part.amount.unsigned_abs(), 10_000)?
    } else {
        booking.money(part.amount.max(0)).times(booking.active())?
    };
    Ok(first.for_a_card()?.amount)
}

/// What came of a payment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arrived<'a> {
    pub told: &'a PaymentSucceeded,
    /// Whether the departure takes the seats of a booking that has lost them.
    pub room: bool,
}

impl Booking {
    pub(crate) fn balance_due_at(&self) -> Option<Timestamp> {
        let days = self.part_payment.as_ref().map_or(0, |it| it.final_due_days);
        Some(self.start_date - time::days(u64::from(days)))
    }

    /// Money has arrived. Each payment counts once, for the instalment of its number; what is not due goes back.
    pub fn arrived(&self, arrived: Arrived<'_>, now: Timestamp) -> Result<Option<Step>> {
        let told = arrived.told;
        let no = told.about.instalment;
        let known = |it: &Payment| it.payment_id == told.payment_id;
        if self.payments.iter().any(known) {
            return Ok(None);
        }
        let mut step = Step::of(self, now);
        // An operator took it, and payments has booked it since: it counted already.
        let booked = |it: &&mut Instalment| it.no == no && it.offline && it.payment_id.is_none();
        if told.provider == "offline"
            && let Some(instalment) = step.booking.instalments.iter_mut().find(booked)
        {
            instalment.payment_id = Some(told.payment_id.clone());
            let amount = instalment.amount;
            step.record(told, amount, now);
            return Ok(Some(step));
        }
        let due = self.instalments.iter().find(|it| it.no == no && it.status == InstalmentStatus::Due);
        let wanted = due.filter(|it| it.amount <= told.amount && it.amount > 0).map(|it| it.amount);
        match (self.status, wanted) {
            (BookingStatus::OnHold | BookingStatus::PartiallyPaid, Some(amount)) => {
                step.credit(told, amount, now)
            }
            (BookingStatus::Expired, Some(amount)) if arrived.room => {
                step.archive = Some(Archive::Remove);
                step.credit(told, amount, now);
            }
            // Nobody keeps the money of seats that are gone.
            (BookingStatus::Expired, _) => step.too_late(told, now),
            _ => step.give_back(told, told.amount, now),
        }
        Ok(Some(step))
    }

    /// The provider refused: the hold stays until its end.
    pub fn payment_failed(&self, told: &PaymentFailed, now: Timestamp) -> Option<Step> {
        if ![BookingStatus::OnHold, BookingStatus::PartiallyPaid].contains(&self.status) {
            return None;
        }
        let mut step = Step::of(self, now);
        step.booking.last_error =
            Some(LastError { code: told.code.clone(), message: told.message.clone(), at: now });
        Some(step)
    }

    /// The code has run out meanwhile: the price is worked out again without it.
    pub fn due_rejected(&self, told: &DueRejected, now: Timestamp) -> Result<Option<Step>> {
        let current = told.revision == self.revision && self.promo.is_some();
        if self.status != BookingStatus::OnHold || !current {
            return Ok(None);
        }
        let mut step = Step::of(self, now);
        let booking = &mut step.booking;
        booking.promo = None;
        let before = &booking.price;
        booking.price = price::price(
            before.unit,
            before.currency,
            booking.active(),
            &booking.add_ons,
            &booking.rates,
            None,
        )?;
        booking.total = booking.price.total;
        booking.instalments = Instalments::plan(booking)?;
        booking.last_error = Some(LastError {
            code: told.code.clone(),
            message: "The code does not hold any more; the price is without it.".into(),
            at: now,
        });
        step.ask();
        Ok(Some(step.tell(Told::Updated)))
    }

    /// The provider's page stands.
    pub fn checkout_opened(&self, told: &CheckoutOpened, now: Timestamp) -> Option<Step> {
        let checkout = self.checkout.as_ref()?;
        let news = told.revision > checkout.revision || checkout.url.is_none();
        if self.status != BookingStatus::OnHold || told.revision != self.revision || !news {
            return None;
        }
        let mut step = Step::of(self, now);
        if let Some(checkout) = &mut step.booking.checkout {
            checkout.url = Some(told.url.clone());
            checkout.revision = told.revision;
        }
        Some(step)
    }

    pub fn refund_requested(&self, told: &RefundRequested, now: Timestamp) -> Option<Step> {
        self.refunding(&told.key, now, |refund| {
            if refund.status == RefundStatus::Pending {
                refund.status = RefundStatus::Processing;
            }
        })
    }

    pub fn refund_succeeded(&self, told: &RefundSucceeded, now: Timestamp) -> Option<Step> {
        self.refunding(&told.key, now, |refund| {
            // What came later may be told first: the sum only grows.
            refund.returned = refund.returned.max(told.amount).min(refund.amount);
            if told.complete {
                refund.status = RefundStatus::Success;
            } else if refund.status != RefundStatus::Success {
                refund.status = RefundStatus::Processing;
            }
        })
    }

    pub fn refund_failed(&self, told: &RefundFailed, now: Timestamp) -> Option<Step> {
        self.refunding(&told.key, now, |refund| {
            if refund.status != RefundStatus::Success {
                refund.status = RefundStatus::Failed;
            }
        })
    }

    fn refunding(&self, key: &str, now: Timestamp, change: impl FnOnce(&mut Refund)) -> Option<Step> {
        let mut step = Step::of(self, now);
        let refund = step.booking.refunds.iter_mut().find(|it| it.key == key)?;
        let before = refund.clone();
        change(refund);
        (*refund != before).then_some(step)
    }
}

impl Step {
    fn record(&mut self, told: &PaymentSucceeded, credited: i64, now: Timestamp) {
        self.booking.payments.push(Payment {
            payment_id: told.payment_id.clone(),
            instalment: told.about.instalment,
            amount: told.amount,
            credited,
            at: now,
        });
    }

    /// It pays its instalment; what is more goes back.
    fn credit(&mut self, told: &PaymentSucceeded, amount: i64, now: Timestamp) {
        let booking = &mut self.booking;
        for instalment in &mut booking.instalments {
            if instalment.no == told.about.instalment {
                instalment.status = InstalmentStatus::Paid;
                instalment.payment_id = Some(told.payment_id.clone());
            }
        }
        booking.paid += amount;
        booking.last_error = None;
        self.settle();
        // What is still open is a balance from now on, whichever part came first.
        let balance_due_at = self.booking.balance_due_at();
        let due = |it: &&mut Instalment| it.status == InstalmentStatus::Due && it.due_at.is_none();
        for instalment in self.booking.instalments.iter_mut().filter(due) {
            instalment.due_at = balance_due_at;
        }
        if self.booking.next_instalment().is_some() {
            self.ask();
        }
        if told.amount > amount {
            self.owe(told, told.amount - amount, "more than was due", now);
        }
        self.record(told, amount, now);
    }

    /// It pays nothing that is due.
    fn give_back(&mut self, told: &PaymentSucceeded, amount: i64, now: Timestamp) {
        self.owe(told, amount, "nothing was due", now);
        self.record(told, 0, now);
    }

    fn too_late(&mut self, told: &PaymentSucceeded, now: Timestamp) {
        self.owe(told, told.amount, "too late for the seats", now);
        self.record(told, 0, now);
        let booking = &mut self.booking;
        booking.status = BookingStatus::Cancelled;
        let (by, refund) = (CancelledBy::TooLate, told.amount);
        booking.cancellation = Some(Cancellation { by, reason: None, at: now, refund });
        for instalment in &mut booking.instalments {
            instalment.status = InstalmentStatus::Void;
        }
        self.told.push(Told::Cancelled { by, was_confirmed: false, refund, reason: None });
    }

    fn owe(&mut self, told: &PaymentSucceeded, amount: i64, why: &str, now: Timestamp) {
        let refund = Refund {
            key: format!("{}#{}#{}", self.booking.id, told.payment_id, "uncredited"),
            payment_id: Some(told.payment_id.clone()),
            amount,
            returned: 0,
            kind: RefundKind::Full,
            status: RefundStatus::Pending,
            at: now,
        };
        self.refund(refund, told.about.instalment, None, why);
    }
}
