//! BK-26: what payments tells of money, and what follows for bookings. Each message has its effect once.

use contracts::payments::{
    CheckoutOpened, DueRejected, PaymentFailed, PaymentSucceeded, PromoChanged, RefundFailed, RefundOwed,
    RefundRequested, RefundSucceeded, Subject,
};
use contracts::{Envelope, Message};
use kernel::{Result, Timestamp};
use messaging::{Incoming, Received};
use store::Transaction;

use crate::Bookings;
use crate::booking::{Booking, BookingId};
use crate::saga::{Arrived, Step};

/// Declares what the queue takes.
macro_rules! told {
    ($($name:ident),*) => {
        #[derive(Debug, Clone, PartialEq)]
        pub enum PaymentTold {
            $($name($name),)*
        }

        impl Incoming for PaymentTold {
            fn types() -> Vec<&'static str> {
                vec![$($name::TYPE),*]
            }

            fn read(envelope: &Envelope) -> Result<Self> {
                match envelope.kind.as_str() {
                    $($name::TYPE => $name::read(envelope).map(Self::$name),)*
                    other => Err(kernel::Failure::internal(format!("unexpected {other}"))),
                }
            }
        }
    };
}

told!(
    CheckoutOpened,
    DueRejected,
    PaymentFailed,
    PaymentSucceeded,
    PromoChanged,
    RefundFailed,
    RefundRequested,
    RefundSucceeded
);

impl PaymentTold {
    fn about(&self) -> Option<&Subject> {
        let about = match self {
            Self::CheckoutOpened(it) => &it.about,
            Self::DueRejected(it) => &it.about,
            Self::PaymentFailed(it) => &it.about,
            Self::PaymentSucceeded(it) => &it.about,
            Self::RefundFailed(it) => &it.about,
            Self::RefundRequested(it) => &it.about,
            Self::RefundSucceeded(it) => &it.about,
            Self::PromoChanged(_) => return None,
        };
        (about.kind == "booking").then_some(about)
    }

    /// What it makes of a booking; `room`: whether an expired one gets its seats again.
    pub fn step(&self, booking: &Booking, room: bool, now: Timestamp) -> Result<Option<Step>> {
        match self {
            Self::CheckoutOpened(told) => Ok(booking.checkout_opened(told, now)),
            Self::DueRejected(told) => booking.due_rejected(told, now),
            Self::PaymentFailed(told) => Ok(booking.payment_failed(told, now)),
            Self::PaymentSucceeded(told) => booking.arrived(Arrived { told, room }, now),
            Self::RefundFailed(told) => Ok(booking.refund_failed(told, now)),
            Self::RefundRequested(told) => Ok(booking.refund_requested(told, now)),
            Self::RefundSucceeded(told) => Ok(booking.refund_succeeded(told, now)),
            Self::PromoChanged(_) => Ok(None),
        }
    }
}

impl Bookings {
    pub async fn follow_payment(&self, told: &Received<PaymentTold>) -> Result<()> {
        if let PaymentTold::PromoChanged(promo) = &told.message {
            return self.keep_promo(promo).await;
        }
        let Some(about) = told.about() else { return Ok(()) };
        if let PaymentTold::PaymentSucceeded(payment) = &told.message
            && !self.exists(&about.id).await?
        {
            // Money for a booking that was removed: nobody keeps it.
            let owed = RefundOwed {
                about: about.clone(),
                key: format!("{}#{}#uncredited", about.id, payment.payment_id),
                amount: payment.amount,
                currency: payment.currency.clone(),
                reason: "the booking is gone".into(),
                kind: "full".into(),
                part: None,
            };
            return told.commit(&self.table, Transaction::new().command(&owed)?).await.map(drop);
        }
        self.react(told, &about.id, |booking, room, now| told.step(booking, room, now)).await
    }

    async fn exists(&self, id: &str) -> Result<bool> {
        let Ok(id) = id.parse::<BookingId>() else { return Ok(false) };
        Ok(self.table.item(&Booking::key_of(id), true).await?.is_some())
    }
}
