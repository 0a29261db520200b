//! A booking: seats on a departure, what they cost, what was paid, and who comes along.

use contracts::bookings::BookingFacts;
use contracts::tours::PartialPaymentTerms;
use deserr::Deserr;
use jiff::civil::Date;
use kernel::money::Money;
use kernel::text::{Email, Phone, Text};
use kernel::{Timestamp, UserId, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Key, Record};

use crate::days::day;
use crate::due::{self, Due};
use crate::participant::{EmergencyContact, Participant};
use crate::policy::Tier;
use crate::price::{AddOn, Price, Promo, Rates};

/// Days before the balance is due on which it is reminded of (BK-29).
const BALANCE_REMINDER: u64 = 3;
/// Days before the start on which the trip is reminded of (BK-29).
const TRIP_REMINDER: u64 = 2;
/// Days before the start on which somebody who paid is asked who comes along. The specification lists the mail but no
/// number: a week leaves the operator time to prepare.
const PARTICIPANTS_REMINDER: u64 = 7;

kernel::typed_id!(BookingId, "A booking.");
kernel::typed_id!(BatchId, "A departure.");
kernel::typed_id!(OwnerId, "A tour or trek.");

kernel::words! { OwnerKind { Tour "tour", Trek "trek" } }

kernel::words! {
    /// How far a booking is.
    BookingStatus {
        /// Seats are held until somebody pays.
        OnHold "on_hold",
        PartiallyPaid "partially_paid",
        /// All is paid; who comes along is still to be said.
        Paid "paid",
        Confirmed "confirmed",
        Completed "completed",
        /// Nobody paid in time.
        Expired "expired",
        Cancelled "cancelled",
    }
}

kernel::words! { PaymentMode { Full "full", Partial "partial" } }
kernel::words! { InstalmentStatus { Due "due", Paid "paid", Void "void" } }
kernel::words! { RefundKind { Auto "auto", Full "full", Custom "custom" } }
kernel::words! {
    RefundStatus {
        NotApplicable "not_applicable", Pending "pending", Processing "processing", Success "success", Failed "failed",
    }
}
kernel::words! { Reminder { Balance "balance", Trip "trip", Participants "participants" } }
kernel::words! { RequestKind { Cancellation "cancellation", Reschedule "reschedule" } }
kernel::words! { RequestStatus { Pending "pending", Approved "approved", Rejected "rejected" } }
kernel::words! {
    /// Who ended a booking, or what.
    CancelledBy {
        Customer "customer", Operator "operator", BatchCancelled "batch_cancelled", Overdue "overdue", TooLate "too_late",
    }
}

/// Whom to reach about a booking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Contact {
    #[schemars(example = &"Ada Lovelace")]
    pub name: Text<1, 120>,
    pub email: Email,
    #[serde(default)]
    #[deserr(default)]
    pub phone: Option<Phone>,
}

/// How a trek may be paid in two parts, as it was when it was booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PartPayment {
    /// Minor units for one participant, or hundredths of a percent of the total.
    pub amount: i64,
    pub percentage: bool,
    pub final_due_days: u32,
    pub auto_cancel: bool,
}

impl From<&PartialPaymentTerms> for PartPayment {
    fn from(terms: &PartialPaymentTerms) -> Self {
        let PartialPaymentTerms { amount, percentage, final_due_days, auto_cancel } = *terms;
        Self { amount, percentage, final_due_days, auto_cancel }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Instalment {
    /// From 1.
    pub no: u32,
    /// Minor units.
    pub amount: i64,
    /// None: with the hold.
    #[serde(default)]
    pub due_at: Option<Timestamp>,
    pub status: InstalmentStatus,
    /// Which payment paid it; none of one that an operator took until payments has booked it.
    #[serde(default)]
    pub payment_id: Option<String>,
    /// An operator took the money outside the platform.
    #[serde(default)]
    pub offline: bool,
}

/// Money that came, and how much of it was for this booking; the rest went back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Payment {
    pub payment_id: String,
    pub instalment: u32,
    pub amount: i64,
    pub credited: i64,
    pub at: Timestamp,
}

/// Money that is owed back, by what happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Refund {
    /// The same refund is made once by this.
    pub key: String,
    /// Of a payment that was never credited, such as one that came too late.
    #[serde(default)]
    pub payment_id: Option<String>,
    pub amount: i64,
    /// What has arrived.
    pub returned: i64,
    #[serde(rename = "type")]
    pub kind: RefundKind,
    pub status: RefundStatus,
    pub at: Timestamp,
}

/// Somebody's wish to cancel or to move a booking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Request {
    #[serde(rename = "type")]
    pub kind: RequestKind,
    pub reason: String,
    #[serde(default)]
    pub preferred_batch: Option<BatchId>,
    pub status: RequestStatus,
    pub created_at: Timestamp,
    #[serde(default)]
    pub response: Option<String>,
    #[serde(default)]
    pub answered_at: Option<Timestamp>,
    #[serde(default)]
    pub answered_by: Option<UserId>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LastError {
    pub code: String,
    pub message: String,
    pub at: Timestamp,
}

/// The payment provider's own page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Checkout {
    pub email: String,
    pub summary: String,
    #[serde(default)]
    pub image: Option<String>,
    /// Where the page stands, once payments has opened it.
    #[serde(default)]
    pub url: Option<String>,
    /// Of the amount that the page is for.
    #[serde(default)]
    pub revision: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cancellation {
    pub by: CancelledBy,
    #[serde(default)]
    pub reason: Option<String>,
    pub at: Timestamp,
    /// Minor units to be given back.
    pub refund: i64,
}

/// What an operator noted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Remark {
    pub text: String,
    /// None: noted by the platform.
    #[serde(default)]
    pub by: Option<UserId>,
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Invoice {
    /// `2026-000017`: in sequence within the year.
    pub number: String,
    pub issued_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Booking {
    pub id: BookingId,
    /// What people call it.
    pub reference: String,
    pub user_id: UserId,
    pub owner_kind: OwnerKind,
    pub owner_id: OwnerId,
    pub owner_name: String,
    pub batch_id: BatchId,
    /// The departure's, as it was told last.
    pub start_date: Timestamp,
    pub end_date: Timestamp,
    pub add_ons: Vec<AddOn>,
    pub contact: Contact,
    #[serde(default)]
    pub emergency_contact: Option<EmergencyContact>,
    /// Terms are those of the day on which it was booked.
    pub rates: Rates,
    pub policy: Vec<Tier>,
    #[serde(default)]
    pub part_payment: Option<PartPayment>,
    pub price: Price,
    /// Minor units. While it lives: what was paid and what is due.
    pub total: i64,
    pub status: BookingStatus,
    pub payment_mode: PaymentMode,
    pub instalments: Vec<Instalment>,
    pub payments: Vec<Payment>,
    pub refunds: Vec<Refund>,
    /// Minor units that came for it.
    pub paid: i64,
    /// Of that, what belonged to participants who were cancelled.
    pub settled: i64,
    #[serde(default)]
    pub promo: Option<Promo>,
    pub participants: Vec<Participant>,
    #[serde(default)]
    pub request: Option<Request>,
    /// How often its hold was made.
    pub attempts: u32,
    #[serde(default)]
    pub hold_expires_at: Option<Timestamp>,
    /// Of what payments was told to be due.
    pub revision: u64,
    #[serde(default)]
    pub last_error: Option<LastError>,
    #[serde(default)]
    pub checkout: Option<Checkout>,
    pub reminded: Vec<Reminder>,
    #[serde(default)]
    pub cancellation: Option<Cancellation>,
    /// Nothing is to be paid here: it was arranged with the operator.
    #[serde(default)]
    pub arranged: bool,
    #[serde(default)]
    pub admin_created: bool,
    pub remarks: Vec<Remark>,
    #[serde(default)]
    pub additional_requests: Option<String>,
    #[serde(default)]
    pub invoice: Option<Invoice>,
    /// What each participant is asked for; nothing on tours.
    #[serde(default)]
    pub custom_fields: serde_json::Value,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: u64,
}

impl Record for Booking {
    const KIND: &'static str = "booking";

    fn key(&self) -> Key {
        Self::key_of(self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn indexes(&self) -> Vec<(u8, Key)> {
        let id = self.id.to_string();
        let mut indexes = vec![
            (2, Key::new(Self::of_user(self.user_id), &id)),
            (3, Key::new(Self::of_batch(self.batch_id), &id)),
            (4, Key::new(Self::in_status(self.status), &id)),
        ];
        indexes.extend(self.deadline().map(|deadline| (1, due::key(deadline, self.id.ulid()))));
        indexes
    }
}

impl Booking {
    pub fn key_of(id: BookingId) -> Key {
        Key::new(format!("BOOKING#{id}"), "BOOKING")
    }

    pub fn of_user(user: UserId) -> String {
        format!("USER#{user}")
    }

    pub fn of_batch(batch: BatchId) -> String {
        format!("BOOKED#{batch}")
    }

    pub fn in_status(status: BookingStatus) -> String {
        format!("STATUS#{status}")
    }

    /// Participants who are not cancelled.
    pub fn active(&self) -> u32 {
        let active = self.participants.iter().filter(|it| it.is_active()).count();
        u32::try_from(active).unwrap_or(u32::MAX)
    }

    /// Seats that it holds, and seats that it has.
    pub fn seats(&self) -> (u32, u32) {
        match self.status {
            BookingStatus::OnHold => (self.active(), 0),
            BookingStatus::Expired | BookingStatus::Cancelled => (0, 0),
            _ => (0, self.active()),
        }
    }

    /// Whether its seats are theirs.
    pub fn counts(&self) -> bool {
        use BookingStatus::{Completed, Confirmed, Paid, PartiallyPaid};
        [PartiallyPaid, Paid, Confirmed, Completed].contains(&self.status)
    }

    /// Minor units that are still to come.
    pub fn outstanding(&self) -> i64 {
        self.instalments.iter().filter(|it| it.status == InstalmentStatus::Due).map(|it| it.amount).sum()
    }

    pub fn next_instalment(&self) -> Option<&Instalment> {
        self.instalments.iter().find(|it| it.status == InstalmentStatus::Due)
    }

    /// What was paid for those who still come along.
    pub fn pool(&self) -> i64 {
        self.paid - self.settled
    }

    /// What went back of what had counted.
    pub fn refunded(&self) -> i64 {
        self.refunds.iter().filter(|it| it.payment_id.is_none()).map(|it| it.returned).sum()
    }

    pub fn money(&self, amount: i64) -> Money {
        Money::new(amount, self.price.currency)
    }

    pub fn has_details(&self) -> bool {
        self.participants.iter().filter(|it| it.is_active()).all(|it| it.details.is_some())
    }

    pub fn is_pending(&self, now: Timestamp) -> bool {
        self.status == BookingStatus::OnHold && self.hold_expires_at.is_some_and(|at| at > now)
    }

    /// When the platform has to look at it again.
    pub fn deadline(&self) -> Option<Due> {
        match self.status {
            BookingStatus::OnHold => self.hold_expires_at.map(Due::Hold),
            _ => self.next_day().map(Due::Day),
        }
    }

    fn next_day(&self) -> Option<Date> {
        use BookingStatus::{Confirmed, Paid, PartiallyPaid};
        let live = [PartiallyPaid, Paid, Confirmed].contains(&self.status);
        let trip = (live && !self.reminded.contains(&Reminder::Trip)).then(|| self.trip_day());
        let end = (self.status == Confirmed).then(|| day(self.end_date + time::days(1)));
        [self.balance_day(), self.overdue_day(), self.participants_day(), trip, end]
            .into_iter()
            .flatten()
            .min()
    }

    /// Whether a balance that does not come ends it: unless the trek leaves that to its operator.
    pub(crate) fn ends_unpaid(&self) -> bool {
        self.part_payment.as_ref().is_none_or(|it| it.auto_cancel)
    }

    /// When the balance is to be reminded of.
    pub(crate) fn balance_day(&self) -> Option<Date> {
        if self.status != BookingStatus::PartiallyPaid || self.reminded.contains(&Reminder::Balance) {
            return None;
        }
        self.next_instalment()?.due_at.map(|at| day(at - time::days(BALANCE_REMINDER)))
    }

    /// When a balance that did not come ends the booking.
    pub(crate) fn overdue_day(&self) -> Option<Date> {
        let ends = self.ends_unpaid();
        if self.status != BookingStatus::PartiallyPaid || !ends {
            return None;
        }
        self.next_instalment()?.due_at.map(|at| day(at + time::days(1)))
    }

    /// When they are asked once more who comes along.
    pub(crate) fn participants_day(&self) -> Option<Date> {
        let missing = self.status == BookingStatus::Paid && !self.reminded.contains(&Reminder::Participants);
        missing.then(|| day(self.start_date - time::days(PARTICIPANTS_REMINDER)))
    }

    pub(crate) fn trip_day(&self) -> Date {
        day(self.start_date - time::days(TRIP_REMINDER))
    }

    pub fn facts(&self) -> BookingFacts {
        BookingFacts {
            booking_id: self.id.to_string(),
            version: self.version,
            status: self.status.to_string(),
            reference: self.reference.clone(),
            user_id: self.user_id,
            owner_kind: self.owner_kind.to_string(),
            owner_id: self.owner_id.to_string(),
            owner_name: self.owner_name.clone(),
            batch_id: self.batch_id.to_string(),
            start_date: self.start_date,
            end_date: self.end_date,
            participants: self.active(),
            total: self.total,
            paid: self.paid,
            currency: self.price.currency.to_string(),
        }
    }
}
