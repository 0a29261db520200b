//! What bookings tells: departures and their seats, and what becomes of a booking.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Contract, Event, Message, Nature};

/// A departure as others may know it; sent with every change of it, and by a replay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BatchChanged {
    pub batch_id: String,
    /// Grows with every change: a projection keeps the newest.
    pub version: u64,
    /// `tour` or `trek`.
    pub owner_kind: String,
    pub owner_id: String,
    pub start_date: Timestamp,
    pub end_date: Timestamp,
    /// Minor units for one participant.
    pub price: i64,
    pub currency: String,
    pub max_participants: u32,
    /// What can still be booked.
    pub seats_left: u32,
    /// Seats of bookings that hold or have them.
    pub seats_taken: u32,
    /// `upcoming`, `ongoing`, `completed` or `cancelled`.
    pub status: String,
    /// False while it is not to be sold.
    pub active: bool,
    pub deleted: bool,
}

impl Message for BatchChanged {
    const TYPE: &'static str = "bookings.batch.changed";

    fn subject(&self) -> String {
        self.batch_id.clone()
    }
}

impl Event for BatchChanged {
    const NATURE: Nature = Nature::Snapshot;
}

/// Declares what became of a booking.
macro_rules! outcome {
    ($name:ident, $kind:literal, $doc:literal) => {
        #[doc = $doc]
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        pub struct $name {
            pub booking_id: String,
            pub user_id: kernel::UserId,
            /// `tour` or `trek`.
            pub owner_kind: String,
            pub owner_id: String,
            pub batch_id: String,
            pub participants: u32,
            /// Minor units: of the whole booking.
            pub total: i64,
            pub currency: String,
        }

        impl Message for $name {
            const TYPE: &'static str = $kind;

            fn subject(&self) -> String {
                self.booking_id.clone()
            }
        }

        impl Event for $name {
            const NATURE: Nature = Nature::Fact;
        }
    };
}

outcome!(BookingConfirmed, "bookings.booking.confirmed", "A booking is paid and complete.");
outcome!(BookingCancelled, "bookings.booking.cancelled", "A booking that was confirmed will not take place.");
outcome!(BookingCompleted, "bookings.booking.completed", "A booking has taken place.");

pub fn events() -> Vec<Contract> {
    vec![
        Contract::of::<BatchChanged>(),
        Contract::of::<BookingConfirmed>(),
        Contract::of::<BookingCancelled>(),
        Contract::of::<BookingCompleted>(),
    ]
}
