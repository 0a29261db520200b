//! BK-25: bookings that came to nothing, and why.

use kernel::page::{Page, PageRequest};
use kernel::query::{Parameter, Parameters, Params};
use kernel::{Failure, Result, Timestamp, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Key, Listing, Record, Transaction};
use web::NoContent;

use crate::Desk;
use crate::booking::{Booking, BookingId};
use crate::view::BookingView;

kernel::words! {
    FailureReason {
        SessionExpired "session_expired", PaymentFailed "payment_failed", UserCancelled "user_cancelled",
        SystemError "system_error",
    }
}

/// A booking that came to nothing, as it was then; the booking itself stays where it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FailedBooking {
    pub booking_id: BookingId,
    pub reference: String,
    pub user_id: UserId,
    pub owner_name: String,
    pub start_date: Timestamp,
    pub participants: u32,
    /// Minor units that would have come.
    pub total: i64,
    pub currency: String,
    pub reason: FailureReason,
    /// What the payment provider said, or the customer.
    #[serde(default)]
    pub details: Option<String>,
    pub attempts: u32,
    pub archived_at: Timestamp,
}

impl FailedBooking {
    pub const ALL: &str = "FAILED";

    pub fn key_of(id: BookingId) -> Key {
        Key::new(format!("FAILED#{id}"), "FAILED")
    }

    pub fn of_reason(reason: FailureReason) -> String {
        format!("FAILED#{reason}")
    }

    pub fn of(booking: &Booking, reason: FailureReason, at: Timestamp) -> Self {
        let said = booking.cancellation.as_ref().and_then(|it| it.reason.clone());
        Self {
            booking_id: booking.id,
            reference: booking.reference.clone(),
            user_id: booking.user_id,
            owner_name: booking.owner_name.clone(),
            start_date: booking.start_date,
            participants: u32::try_from(booking.participants.len()).unwrap_or(u32::MAX),
            total: booking.total,
            currency: booking.price.currency.to_string(),
            reason,
            details: said.or_else(|| booking.last_error.as_ref().map(|it| it.message.clone())),
            attempts: booking.attempts,
            archived_at: at,
        }
    }
}

impl Record for FailedBooking {
    const KIND: &'static str = "failed-booking";

    fn key(&self) -> Key {
        Self::key_of(self.booking_id)
    }

    fn indexes(&self) -> Vec<(u8, Key)> {
        let id = self.booking_id.to_string();
        vec![(2, Key::new(Self::ALL, &id)), (4, Key::new(Self::of_reason(self.reason), id))]
    }
}

/// Which of them.
#[derive(Debug)]
pub struct FailedQuery {
    pub reason: Option<FailureReason>,
    pub page: PageRequest,
}

impl Parameters for FailedQuery {
    fn take(params: &mut Params) -> Self {
        Self { reason: params.take_as("reason"), page: PageRequest::take(params) }
    }

    fn parameters() -> Vec<Parameter> {
        let reasons: Vec<_> = FailureReason::ALL.iter().map(|it| it.name()).collect();
        let mut all = vec![Parameter::new(
            "reason",
            "Why it came to nothing.",
            json!({"type": "string", "enum": reasons}),
        )];
        all.extend(PageRequest::parameters());
        all
    }
}

impl Desk {
    pub async fn list_failed(&self, query: &FailedQuery) -> Result<Page<FailedBooking>> {
        let pk = query.reason.map_or(FailedBooking::ALL.to_owned(), FailedBooking::of_reason);
        let index = Some(if query.reason.is_some() { 4 } else { 2 });
        let listing = Listing { index, pk: &pk, prefix: "", newest_first: true };
        self.pager.page(&self.bookings.table, listing, &query.page).await
    }
}

impl crate::Bookings {
    pub async fn failed(&self, id: BookingId) -> Result<FailedBooking> {
        let found = self.table.get(&FailedBooking::key_of(id)).await?;
        found.ok_or_else(|| Failure::not_found("failed booking"))
    }

    /// Only out of the archive.
    pub async fn delete_failed(&self, id: BookingId) -> Result<NoContent> {
        Transaction::new()
            .remove(&self.table, &FailedBooking::key_of(id), Failure::not_found("failed booking"))?
            .commit(&self.table)
            .await?;
        Ok(NoContent)
    }

    /// Somebody may pay for it after all, if there are seats.
    pub async fn restore_failed(&self, id: BookingId) -> Result<BookingView> {
        self.failed(id).await?;
        self.restore(id).await
    }
}
