//! A departure: one date of a tour or trek, and its seats.

pub mod follow;
pub mod list;
pub mod performance;
pub mod write;

use aws_sdk_dynamodb::types::Update;
use contracts::bookings::BatchChanged;
use jiff::tz::TimeZone;
use kernel::money::Currency;
use kernel::{Failure, Problem, Result, Timestamp, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::expression::{number, text};
use store::sdk::types::AttributeValue;
use store::{Key, Record, Table};

use crate::booking::{BatchId, Booking, BookingId, BookingStatus, OwnerId, OwnerKind};
use crate::due::{self, Due};
use crate::terms::Terms;

pub const SOLD_OUT: Problem = Problem::new("sold-out", 409, "Not that many seats are left");

kernel::words! {
    BatchStatus { Upcoming "upcoming", Ongoing "ongoing", Completed "completed", Cancelled "cancelled" }
}

/// What was counted of a departure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Totals {
    /// That have their seats.
    pub bookings: i64,
    pub participants: i64,
    /// Minor units that came for it.
    pub revenue: i64,
    /// Minor units that went back.
    pub refunded: i64,
    /// Participants who were cancelled.
    pub cancellations: i64,
    /// Who really came, once it is over.
    pub actual: i64,
    pub no_shows: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Batch {
    pub id: BatchId,
    pub owner_kind: OwnerKind,
    pub owner_id: OwnerId,
    pub start_date: Timestamp,
    pub end_date: Timestamp,
    /// The date that its tour was posted with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posted_start: Option<Timestamp>,
    /// Minor units for one participant.
    pub price: i64,
    pub currency: Currency,
    pub max_participants: u32,
    /// Seats that are not sold here.
    pub reserved_slots: u32,
    /// Seats of bookings that are to be paid.
    pub held: i64,
    /// Seats of bookings that have them.
    pub booked: i64,
    /// What is left: stored, because a condition cannot add.
    pub free: i64,
    pub status: BatchStatus,
    pub is_active: bool,
    /// Bookings that ever were on it.
    pub uses: i64,
    #[serde(flatten)]
    pub totals: Totals,
    pub created_at: Timestamp,
    pub version: u64,
}

impl Record for Batch {
    const KIND: &'static str = "batch";

    fn key(&self) -> Key {
        Self::key_of(self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn indexes(&self) -> Vec<(u8, Key)> {
        let sorted = format!("{}#{}", self.start_date.strftime("%Y-%m-%dT%H:%M:%SZ"), self.id);
        let mut indexes = vec![
            (2, Key::new(Self::of_owner(self.owner_kind, self.owner_id), &sorted)),
            (3, Key::new(Self::month(self.start_date), sorted)),
        ];
        let next = match self.status {
            BatchStatus::Upcoming => Some(self.start_date),
            BatchStatus::Ongoing => Some(self.end_date),
            _ => None,
        };
        indexes.extend(next.map(|at| (1, due::key(Due::Batch(at), self.id.ulid()))));
        indexes
    }
}

impl Batch {
    pub fn partition(id: BatchId) -> String {
        format!("BATCH#{id}")
    }

    pub fn key_of(id: BatchId) -> Key {
        Key::new(Self::partition(id), "BATCH")
    }

    /// What it is sold by.
    pub fn terms(&self) -> Key {
        Terms::key_of(self.owner_kind, self.owner_id)
    }

    pub fn of_owner(kind: OwnerKind, id: OwnerId) -> String {
        format!("OWNER#{kind}#{id}")
    }

    /// The calendar's page that a departure stands on.
    pub fn month(at: Timestamp) -> String {
        format!("CALENDAR#{}", at.to_zoned(TimeZone::UTC).strftime("%Y-%m"))
    }

    pub fn seats_left(&self) -> u32 {
        u32::try_from(self.free).unwrap_or(0)
    }

    /// Whether somebody can book it now.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.status == BatchStatus::Upcoming && self.is_active && self.start_date > now
    }

    pub fn snapshot(&self, version: u64) -> BatchChanged {
        BatchChanged {
            batch_id: self.id.to_string(),
            version,
            posted_start: self.posted_start,
            owner_kind: self.owner_kind.to_string(),
            owner_id: self.owner_id.to_string(),
            start_date: self.start_date,
            end_date: self.end_date,
            price: self.price,
            currency: self.currency.to_string(),
            max_participants: self.max_participants,
            seats_left: self.seats_left(),
            seats_taken: u32::try_from(self.held + self.booked).unwrap_or(0),
            status: self.status.to_string(),
            active: self.is_active,
            deleted: false,
        }
    }
}

/// The seats of one booking, beside the departure: read with it, strongly consistent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SeatHold {
    pub batch_id: BatchId,
    pub booking_id: BookingId,
    pub qty: u32,
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
    /// `held` or `booked`.
    pub status: String,
}

impl SeatHold {
    pub const PREFIX: &str = "HOLD#";

    pub fn key_of(batch: BatchId, booking: BookingId) -> Key {
        Key::new(Batch::partition(batch), format!("{}{booking}", Self::PREFIX))
    }

    pub fn of(booking: &Booking) -> Option<Self> {
        let (held, booked) = booking.seats();
        let status = if held > 0 { "held" } else { "booked" };
        (held + booked > 0).then(|| Self {
            batch_id: booking.batch_id,
            booking_id: booking.id,
            qty: held + booked,
            expires_at: booking.hold_expires_at,
            status: status.into(),
        })
    }
}

impl Record for SeatHold {
    const KIND: &'static str = "seat-hold";

    fn key(&self) -> Key {
        Self::key_of(self.batch_id, self.booking_id)
    }
}

/// How a change of a booking changes its departure: one conditional update, without reading.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shift {
    pub held: i64,
    pub booked: i64,
    pub uses: i64,
    pub totals: Totals,
}

/// What must hold of a departure that gives seats away, besides having them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Offer {
    /// On sale, at this price.
    pub price: Option<i64>,
}

impl Shift {
    /// What a booking counts for its departure.
    pub fn of(booking: &Booking) -> Self {
        let (held, booked) = booking.seats();
        let counts = booking.counts();
        let done = booking.status == BookingStatus::Completed;
        let active = i64::from(booking.active());
        let came = booking.participants.iter().filter(|it| it.is_active() && !it.no_show).count() as i64;
        let paid_for = booking.paid > 0 || counts;
        let left = booking.participants.len() as i64 - active;
        Self {
            held: held.into(),
            booked: booked.into(),
            uses: 0,
            totals: Totals {
                bookings: counts.into(),
                participants: if counts { active } else { 0 },
                revenue: booking.paid,
                refunded: booking.refunded(),
                cancellations: if paid_for { left } else { 0 },
                actual: if done { came } else { 0 },
                no_shows: if done { active - came } else { 0 },
            },
        }
    }

    pub fn minus(self, other: Self) -> Self {
        let (a, b) = (self.totals, other.totals);
        Self {
            held: self.held - other.held,
            booked: self.booked - other.booked,
            uses: self.uses - other.uses,
            totals: Totals {
                bookings: a.bookings - b.bookings,
                participants: a.participants - b.participants,
                revenue: a.revenue - b.revenue,
                refunded: a.refunded - b.refunded,
                cancellations: a.cancellations - b.cancellations,
                actual: a.actual - b.actual,
                no_shows: a.no_shows - b.no_shows,
            },
        }
    }

    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Whether others are to be told of the seats.
    pub fn moves_seats(&self) -> bool {
        self.held != 0 || self.booked != 0
    }

    /// Seats that become fewer are taken only if they are there; what is given back must have been taken.
    pub fn update(&self, table: &Table, batch: BatchId, offer: Offer) -> Result<Update> {
        let taken = self.held + self.booked;
        let mut conditions = vec!["attribute_exists(pk)".to_owned()];
        let mut update = Update::builder()
            .table_name(&table.name)
            .set_key(Some(Batch::key_of(batch).to_item()))
            .expression_attribute_values(":one", number(1));
        let mut condition = |text: &str, name: &str, value: AttributeValue| {
            conditions.push(text.to_owned());
            (name.to_owned(), value)
        };
        let mut values = Vec::new();
        if taken > 0 {
            values.push(condition("#free >= :taken", ":taken", number(taken)));
            values.push(condition("#status = :upcoming", ":upcoming", text(BatchStatus::Upcoming)));
            if let Some(price) = offer.price {
                values.push(condition("price = :price", ":price", number(price)));
                values.push(condition("is_active = :active", ":active", AttributeValue::Bool(true)));
            }
        }
        if self.held < 0 {
            values.push(condition("held >= :unheld", ":unheld", number(-self.held)));
        }
        if self.booked < 0 {
            values.push(condition("booked >= :unbooked", ":unbooked", number(-self.booked)));
        }
        if taken > 0 {
            // Both are words of the expression language.
            update = update
                .expression_attribute_names("#free", "free")
                .expression_attribute_names("#status", "status");
        }
        let Totals { bookings, participants, revenue, refunded, cancellations, actual, no_shows } =
            self.totals;
        let added = [
            ("held", self.held),
            ("booked", self.booked),
            ("free", -taken),
            ("uses", self.uses),
            ("bookings", bookings),
            ("participants", participants),
            ("revenue", revenue),
            ("refunded", refunded),
            ("cancellations", cancellations),
            ("actual", actual),
            ("no_shows", no_shows),
        ];
        let mut additions = vec!["version :one".to_owned()];
        for (at, (name, by)) in added.into_iter().filter(|(_, by)| *by != 0).enumerate() {
            additions.push(format!("#a{at} :a{at}"));
            update = update
                .expression_attribute_names(format!("#a{at}"), name)
                .expression_attribute_values(format!(":a{at}"), number(by));
        }
        for (name, value) in values {
            update = update.expression_attribute_values(name, value);
        }
        update
            .update_expression(format!("ADD {}", additions.join(", ")))
            .condition_expression(conditions.join(" AND "))
            .build()
            .map_err(Failure::internal)
    }
}

/// The refusal of a departure that has not got the seats; whoever was refused reads how many are left.
pub fn sold_out(left: u32) -> Failure {
    let detail = match left {
        0 => "No seat is left on this departure.".to_owned(),
        1 => "Only one seat is left on this departure.".to_owned(),
        left => format!("Only {left} seats are left on this departure."),
    };
    SOLD_OUT.because(detail).with("seats_left", left)
}

pub(crate) fn not_started(start: Timestamp) -> Result<()> {
    if start > time::now() {
        return Ok(());
    }
    Err(Failure::field("/start_date", "must not be in the past"))
}
