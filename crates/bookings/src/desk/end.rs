//! BK-10: a row that never counted is removed; anything else is cancelled.

use contracts::bookings::{BookingDeleted, TellBatch};
use contracts::payments::DueLapsed;
use kernel::{Failure, Problem, Result};
use store::{Key, Transaction};
use web::{Caller, NoContent};

use super::CancelWish;
use crate::batch::{Offer, SeatHold, Shift};
use crate::booking::{Booking, BookingId, BookingStatus};
use crate::change::{hold_guard, reference_guard};
use crate::entry::Entry;
use crate::failed::FailedBooking;
use crate::{Bookings, again, statistics};

impl Bookings {
    pub async fn delete_booking(&self, caller: &Caller, id: BookingId) -> Result<NoContent> {
        again(|| async {
            let booking = self.booking(id).await?;
            let never_counted = booking.payments.is_empty() && booking.paid == 0;
            let open = [BookingStatus::OnHold, BookingStatus::Expired].contains(&booking.status);
            if !(never_counted && open) {
                let operator = Caller { roles: vec![kernel::Role::Admin], ..caller.clone() };
                return self.cancel(&operator, id, &CancelWish::default()).await.map(|_| NoContent);
            }
            self.removed(&booking)?.commit(&self.table).await.map(|()| NoContent)
        })
        .await
    }

    fn removed(&self, booking: &Booking) -> Result<Transaction> {
        let table = &self.table;
        let changed = Problem::CONFLICT.because("Read it again.");
        let mut effect = Transaction::new().discard(table, booking, changed)?;
        let guards = [
            Key::new(reference_guard(&booking.reference), "GUARD"),
            Entry::key_of(booking.id),
            FailedBooking::key_of(booking.id),
        ];
        for key in &guards {
            effect = effect.forget(table, key)?;
        }
        if booking.status == BookingStatus::OnHold {
            let held =
                [Key::new(hold_guard(booking), "GUARD"), SeatHold::key_of(booking.batch_id, booking.id)];
            for key in &held {
                effect = effect.forget(table, key)?;
            }
        }
        // Nobody was ever on that departure by it.
        let shift = Shift { uses: -1, ..Shift::default().minus(Shift::of(booking)) };
        let refused = Failure::internal("seats given back that nobody took");
        effect = effect.update(shift.update(table, booking.batch_id, Offer::default())?, refused);
        if shift.moves_seats() {
            effect = effect.command(&TellBatch { batch_id: booking.batch_id.to_string() })?;
        }
        if let Some(next) = booking.next_instalment() {
            let about = booking.subject(next.no);
            effect = effect.command(&DueLapsed { about, revision: booking.revision })?;
        }
        effect = statistics::uncounted(effect, table, booking)?;
        effect.publish(&BookingDeleted { booking: booking.facts() })
    }
}
