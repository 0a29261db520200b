//! What time does to a booking.

use jiff::civil::Date;
use kernel::{Result, Timestamp};

use super::{Archive, RefundChoice, Step, Told};
use crate::booking::{Booking, BookingStatus, CancelledBy, Reminder};
use crate::days::day;
use crate::failed::FailureReason;

impl Booking {
    /// Nobody paid in time: the seats are free again.
    pub fn expire(&self, now: Timestamp) -> Option<Step> {
        if self.status != BookingStatus::OnHold || self.is_pending(now) {
            return None;
        }
        let mut step = Step::of(self, now);
        step.lapse();
        step.booking.status = BookingStatus::Expired;
        let reason = if self.last_error.is_some() {
            FailureReason::PaymentFailed
        } else {
            FailureReason::SessionExpired
        };
        step.archive = Some(Archive::Keep(reason));
        Some(step.tell(Told::Expired))
    }

    /// The morning of a day, where the operator is: reminders, balances that did not come, trips that are over.
    pub fn morning(&self, today: Date, now: Timestamp) -> Result<Option<Step>> {
        if self.overdue_day().is_some_and(|at| at <= today) {
            return self.cancel(CancelledBy::Overdue, RefundChoice::Auto, None, now).map(Some);
        }
        let mut step = Step::of(self, now);
        if self.balance_day().is_some_and(|at| at <= today) {
            step.remind(Reminder::Balance);
        }
        if self.participants_day().is_some_and(|at| at <= today) {
            step.remind_before(Reminder::Participants, today);
        }
        let live = [BookingStatus::PartiallyPaid, BookingStatus::Paid, BookingStatus::Confirmed];
        let trip = live.contains(&self.status) && !self.reminded.contains(&Reminder::Trip);
        if trip && self.trip_day() <= today {
            step.remind_before(Reminder::Trip, today);
        }
        if self.status == BookingStatus::Confirmed && day(self.end_date) < today {
            step.booking.status = BookingStatus::Completed;
            step.told.push(Told::Completed);
        }
        let before = Booking { updated_at: now, ..self.clone() };
        Ok((step.booking != before).then_some(step))
    }

    /// An operator reminds by hand; of a balance only once.
    pub fn remind(&self, reminder: Reminder, now: Timestamp) -> Result<Step> {
        if reminder == Reminder::Balance && self.reminded.contains(&reminder) {
            return Err(super::NOT_NOW.because("They were reminded of the balance already."));
        }
        let fits = match reminder {
            Reminder::Balance => self.status == BookingStatus::PartiallyPaid,
            Reminder::Participants => self.counts() && !self.has_details(),
            Reminder::Trip => self.counts(),
        };
        if !fits {
            return Err(super::NOT_NOW.because("There is nothing to remind them of."));
        }
        let mut step = Step::of(self, now);
        step.remind(reminder);
        Ok(step)
    }
}

impl Step {
    /// After the start it is of no use: not told, and not looked at again.
    fn remind_before(&mut self, reminder: Reminder, today: Date) {
        if today <= day(self.booking.start_date) {
            self.remind(reminder);
        } else {
            self.booking.reminded.push(reminder);
        }
    }

    fn remind(&mut self, reminder: Reminder) {
        if !self.booking.reminded.contains(&reminder) {
            self.booking.reminded.push(reminder);
        }
        self.told.push(Told::ReminderDue(reminder));
    }
}
