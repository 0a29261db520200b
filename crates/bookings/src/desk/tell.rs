//! BK-21: an operator has somebody told, or reminded.

use std::collections::BTreeMap;

use contracts::notifications::{Recipient, Send};
use kernel::{Result, time};
use store::Transaction;
use web::{Accepted, Caller};

use crate::Bookings;
use crate::booking::{Booking, BookingId, BookingStatus, Reminder};
use crate::saga::NOT_NOW;
use crate::view::BookingView;

kernel::words! {
    /// What can be sent, as the last part of the path.
    Message {
        Confirmation "send-confirmation",
        Invoice "send-invoice",
        Reminder "send-reminder",
        PartialReminder "send-partial-reminder",
        ParticipantReminder "send-participant-reminder",
    }
}

impl Bookings {
    pub async fn send(
        &self,
        caller: &Caller,
        id: BookingId,
        message: Message,
    ) -> Result<Accepted<BookingView>> {
        let reminder = match message {
            Message::Confirmation => return self.mail(caller, id, "booking_confirmed", message).await,
            Message::Invoice => return self.mail(caller, id, "invoice", message).await,
            Message::Reminder => Reminder::Trip,
            Message::PartialReminder => Reminder::Balance,
            Message::ParticipantReminder => Reminder::Participants,
        };
        let reminded = self.change(id, |booking, now| booking.remind(reminder, now).map(Some)).await?;
        Ok(Accepted(BookingView::for_operator(&reminded)))
    }

    async fn mail(
        &self,
        caller: &Caller,
        id: BookingId,
        template: &str,
        message: Message,
    ) -> Result<Accepted<BookingView>> {
        let booking = self.booking(id).await?;
        let fits = match message {
            Message::Confirmation => {
                [BookingStatus::Confirmed, BookingStatus::Completed].contains(&booking.status)
            }
            _ => booking.invoice.is_some(),
        };
        if !fits {
            return Err(NOT_NOW.because(match message {
                Message::Confirmation => "It is not confirmed.",
                _ => "It has no invoice yet: `GET /bookings/{id}/invoice` makes it.",
            }));
        }
        // Pressed twice within a minute, it is one mail.
        let minute = time::now().as_second() / 60;
        let send = Send {
            key: format!("{id}#{message}#{}#{minute}", caller.user_id),
            template: template.into(),
            recipient: Recipient::User(booking.user_id),
            variables: variables(&booking),
            attachment: booking
                .invoice
                .as_ref()
                .filter(|_| message == Message::Invoice)
                .map(|_| booking.invoice_file()),
            but_not_to: None,
        };
        Transaction::new().command(&send)?.commit(&self.table).await?;
        Ok(Accepted(BookingView::for_operator(&booking)))
    }
}

/// What templates show of a booking.
pub(crate) fn variables(booking: &Booking) -> BTreeMap<String, String> {
    let facts = booking.facts();
    let amount = booking.money(booking.total).to_string();
    [
        ("reference", facts.reference),
        ("owner_name", facts.owner_name),
        ("owner_kind", facts.owner_kind),
        ("owner_id", facts.owner_id),
        ("booking_id", facts.booking_id),
        ("batch_id", facts.batch_id),
        ("start_date", facts.start_date.to_string()),
        ("end_date", facts.end_date.to_string()),
        ("participants", facts.participants.to_string()),
        ("total", facts.total.to_string()),
        ("paid", facts.paid.to_string()),
        ("currency", facts.currency),
        ("amount", amount),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}
