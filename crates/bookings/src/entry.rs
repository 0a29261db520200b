//! Where a booking is found by operators: written once, so that its changes do not rewrite these indexes.

use kernel::Timestamp;
use kernel::text::digest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Key, Record};

use crate::booking::{Booking, BookingId, OwnerId, OwnerKind};
use crate::days::day;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    pub booking_id: BookingId,
    pub owner_kind: OwnerKind,
    pub owner_id: OwnerId,
    /// Of the address, so that no index shows one.
    pub email: String,
    pub created_at: Timestamp,
}

impl Entry {
    pub const ALL: &str = "BOOKINGS";

    pub fn of(booking: &Booking) -> Self {
        Self {
            booking_id: booking.id,
            owner_kind: booking.owner_kind,
            owner_id: booking.owner_id,
            email: digest(booking.contact.email.as_str()),
            created_at: booking.created_at,
        }
    }

    pub fn key_of(id: BookingId) -> Key {
        Key::new(format!("BOOKING#{id}"), "ENTRY")
    }

    pub fn of_owner(kind: OwnerKind, id: OwnerId) -> String {
        format!("BOOKED-OWNER#{kind}#{id}")
    }

    pub fn of_day(date: jiff::civil::Date) -> String {
        format!("BOOKED-ON#{date}")
    }

    pub fn of_email(email: &str) -> String {
        format!("BOOKED-BY#{}", digest(email))
    }
}

impl Record for Entry {
    const KIND: &'static str = "booking-entry";

    fn key(&self) -> Key {
        Self::key_of(self.booking_id)
    }

    fn indexes(&self) -> Vec<(u8, Key)> {
        let id = self.booking_id.to_string();
        vec![
            (1, Key::new(Self::ALL, &id)),
            (2, Key::new(Self::of_owner(self.owner_kind, self.owner_id), &id)),
            (3, Key::new(Self::of_day(day(self.created_at)), &id)),
            (4, Key::new(format!("BOOKED-BY#{}", self.email), id)),
        ]
    }
}
