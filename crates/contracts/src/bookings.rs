//! What bookings tells: departures and their seats, and what becomes of a booking.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Command, Contract, Event, Message, Nature};

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
    /// The start that a tour was posted with, when it was made for that; it stays when the departure is moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posted_start: Option<Timestamp>,
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

/// A departure will not take place: everybody on it gets everything back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BatchCancelled {
    pub batch_id: String,
    /// `tour` or `trek`.
    pub owner_kind: String,
    pub owner_id: String,
}

impl Message for BatchCancelled {
    const TYPE: &'static str = "bookings.batch.cancelled";

    fn subject(&self) -> String {
        self.batch_id.clone()
    }
}

impl Event for BatchCancelled {
    const NATURE: Nature = Nature::Fact;
}

/// What every fact about a booking says of it. Names of participants and addresses are not in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BookingFacts {
    pub booking_id: String,
    /// Grows with every change: a projection keeps the newest.
    #[serde(default)]
    pub version: u64,
    /// What it is since then: `on_hold`, `partially_paid`, `paid`, `confirmed`, `completed`, `cancelled` or `expired`.
    #[serde(default)]
    pub status: String,
    /// What people call it.
    pub reference: String,
    pub user_id: kernel::UserId,
    /// `tour` or `trek`.
    pub owner_kind: String,
    pub owner_id: String,
    pub owner_name: String,
    pub batch_id: String,
    pub start_date: Timestamp,
    pub end_date: Timestamp,
    /// Seats that are not cancelled.
    pub participants: u32,
    /// Minor units: of the whole booking.
    pub total: i64,
    /// Minor units that have arrived.
    pub paid: i64,
    pub currency: String,
}

/// Declares what became of a booking.
macro_rules! outcome {
    ($name:ident, $kind:literal, $doc:literal, { $($(#[$meta:meta])* $field:ident: $type:ty),* $(,)? }) => {
        #[doc = $doc]
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        pub struct $name {
            #[serde(flatten)]
            pub booking: BookingFacts,
            $($(#[$meta])* pub $field: $type),*
        }

        impl Message for $name {
            const TYPE: &'static str = $kind;

            fn subject(&self) -> String {
                self.booking.booking_id.clone()
            }
        }

        impl Event for $name {
            const NATURE: Nature = Nature::Fact;
        }
    };
}

outcome!(BookingCreated, "bookings.booking.created", "Seats are held for somebody, who is to pay in time.", {
    hold_expires_at: Timestamp,
});
outcome!(BookingPartiallyPaid, "bookings.booking.partially_paid", "The first instalment has arrived; the seats are theirs.", {
    /// Minor units still to come.
    balance: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    balance_due_at: Option<Timestamp>,
});
outcome!(BookingPaid, "bookings.booking.paid", "All is paid; who comes along is still to be said.", {});
outcome!(BookingConfirmed, "bookings.booking.confirmed", "A booking is paid and complete.", {});
outcome!(BookingUpdated, "bookings.booking.updated", "An operator changed a booking.", {});
outcome!(BookingRescheduled, "bookings.booking.rescheduled", "A booking moved to another departure.", {
    from_batch_id: String,
    from_start_date: Timestamp,
});
outcome!(BookingCancelled, "bookings.booking.cancelled", "A booking will not take place.", {
    /// `customer`, `operator`, `batch_cancelled`, `overdue` or `too_late`.
    by: String,
    /// Whether it counted as confirmed before.
    was_confirmed: bool,
    /// Minor units to be given back.
    refund: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
});
outcome!(BookingRestored, "bookings.booking.restored", "A cancelled booking has its seats again.", {});
outcome!(BookingExpired, "bookings.booking.expired", "Nobody paid in time: the seats are free again.", {});
outcome!(BookingCompleted, "bookings.booking.completed", "A booking has taken place.", {});
outcome!(BookingDeleted, "bookings.booking.deleted", "A booking that never counted was removed.", {});
outcome!(ParticipantsCompleted, "bookings.participants.completed", "It is known who comes along.", {});
outcome!(ParticipantCancelled, "bookings.participant.cancelled", "One of several does not come along.", {
    participant_id: String,
    /// Minor units to be given back.
    refund: i64,
});
outcome!(RequestCreated, "bookings.request.created", "Somebody asks to cancel or to move a booking.", {
    /// `cancellation` or `reschedule`.
    request: String,
});
outcome!(RequestResolved, "bookings.request.resolved", "An operator answered such a request.", {
    /// `cancellation` or `reschedule`.
    request: String,
    approved: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
});
outcome!(ReminderDue, "bookings.reminder.due", "It is time to remind somebody of a booking; told once for each kind.", {
    /// `balance`, `trip` or `participants`.
    reminder: String,
    /// Minor units still to come.
    balance: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    balance_due_at: Option<Timestamp>,
});

/// Seats of a departure changed: its snapshot is to be told. A queue of our own, so that buyers need not wait for each other
/// to learn its version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TellBatch {
    pub batch_id: String,
}

impl Message for TellBatch {
    const TYPE: &'static str = "bookings.tell_batch";

    fn subject(&self) -> String {
        self.batch_id.clone()
    }
}

impl Command for TellBatch {
    const QUEUE: &'static str = "tell-batches";
}

/// Bookings of a departure have to follow what became of it, page by page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FollowBatch {
    pub batch_id: String,
    /// `cancelled` or `moved`.
    pub change: String,
    /// The last booking of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl Message for FollowBatch {
    const TYPE: &'static str = "bookings.follow_batch";

    fn subject(&self) -> String {
        self.batch_id.clone()
    }
}

impl Command for FollowBatch {
    const QUEUE: &'static str = "follow-batches";
}

pub fn events() -> Vec<Contract> {
    vec![
        Contract::of::<BatchChanged>(),
        Contract::of::<BatchCancelled>(),
        Contract::of::<BookingCreated>(),
        Contract::of::<BookingPartiallyPaid>(),
        Contract::of::<BookingPaid>(),
        Contract::of::<BookingConfirmed>(),
        Contract::of::<BookingUpdated>(),
        Contract::of::<BookingRescheduled>(),
        Contract::of::<BookingCancelled>(),
        Contract::of::<BookingRestored>(),
        Contract::of::<BookingExpired>(),
        Contract::of::<BookingCompleted>(),
        Contract::of::<BookingDeleted>(),
        Contract::of::<ParticipantsCompleted>(),
        Contract::of::<ParticipantCancelled>(),
        Contract::of::<RequestCreated>(),
        Contract::of::<RequestResolved>(),
        Contract::of::<ReminderDue>(),
    ]
}
