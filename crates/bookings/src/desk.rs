//! What owners and operators do with one booking.

mod create;
mod create_user;
mod end;
mod paper;
mod tell;

use deserr::Deserr;
use kernel::text::Prose;
use kernel::{Failure, Permission, Problem, Result, Role, UserId};
use schemars::JsonSchema;
use serde::Serialize;
use web::Caller;

use crate::Bookings;
use crate::batch::Batch;
use crate::booking::{BatchId, Booking, BookingId, BookingStatus, CancelledBy, Contact, RefundKind, Remark};
use crate::participant::{EmergencyContact, ParticipantId, WhoComes};
use crate::saga::{NOT_NOW, RefundChoice, Step, Told};
use crate::view::BookingView;

pub use create::{NewManualBooking, PaymentState, PhoneWish, UserFound};
pub use create_user::{NewUser, UserAskedFor};
pub use paper::{EXPORTS, ExportFile, ExportQuery, INVOICES, InvoiceLink, ParticipantsQuery, Printer};
pub use tell::Message;
pub(crate) use tell::variables;

/// The owner gets what the policy says; other choices are an operator's.
#[derive(Debug, Default, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct CancelWish {
    #[deserr(default)]
    pub reason: Option<Prose<1, 500>>,
    /// `auto` by the policy; `full` and `custom` only for operators.
    #[deserr(default)]
    pub refund_type: Option<RefundKind>,
    /// Minor units, for `custom`: at most the share of what was paid.
    #[deserr(default)]
    #[schemars(range(min = 0))]
    pub amount: Option<i64>,
}

/// What a cancellation would give back.
#[derive(Debug, Default, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct PreviewWish {
    /// `auto` by the policy; `full` and `custom` only for operators.
    #[deserr(default)]
    pub refund_type: Option<RefundKind>,
    /// Minor units, for `custom`: at most the share of what was paid.
    #[deserr(default)]
    #[schemars(range(min = 0))]
    pub amount: Option<i64>,
    /// One participant instead of all.
    #[deserr(default)]
    pub participant_id: Option<ParticipantId>,
}

/// What would be given back.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RefundPreview {
    /// Minor units.
    pub amount: i64,
    /// Of that: what was paid for those who are cancelled.
    pub share: i64,
    /// Of the policy's tier that holds today.
    pub percent: u32,
    pub tier_min_days: u32,
    pub days_to_start: i64,
    pub refund_type: RefundKind,
    /// `individual` or `whole`.
    pub scope: String,
}

/// The fields that an operator may change.
#[derive(Debug, Default, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct BookingPatch {
    #[deserr(default)]
    pub contact: Option<Contact>,
    #[deserr(default)]
    pub emergency_contact: Option<EmergencyContact>,
    #[deserr(default)]
    pub additional_requests: Option<Prose<1, 1000>>,
}

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct ShiftWish {
    pub batch_id: BatchId,
}

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct RemarkWish {
    pub text: Prose<1, 1000>,
}

kernel::words! {
    /// What an operator may make of a booking; everything else follows from payments and participants.
    WantedStatus { Completed "completed", Cancelled "cancelled" }
}

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct BookingStatusWish {
    pub status: WantedStatus,
}

#[derive(Debug, Default, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct CompleteWish {
    /// Who did not come.
    #[deserr(default)]
    pub no_shows: Vec<ParticipantId>,
}

/// The one place that decides who may choose what.
fn choice(kind: Option<RefundKind>, amount: Option<i64>, operator: bool) -> Result<RefundChoice> {
    use RefundKind::{Auto, Custom, Full};
    let kind = kind.unwrap_or(Auto);
    if kind != Auto && !operator {
        return Err(Problem::FORBIDDEN.because("Only an operator may give back more than the policy says."));
    }
    match (kind, amount) {
        (Auto, None) => Ok(RefundChoice::Auto),
        (Full, None) => Ok(RefundChoice::Full),
        (Custom, Some(amount)) => Ok(RefundChoice::Custom(amount)),
        (Custom, None) => Err(Failure::field("/amount", "is required for custom")),
        (_, Some(_)) => Err(Failure::field("/amount", "is only for custom")),
    }
}

/// Who cancels a booking: somebody who acts for its owner is the operator.
fn by(caller: &Caller, booking: &Booking) -> Result<CancelledBy> {
    if is_operator(caller) {
        return Ok(CancelledBy::Operator);
    }
    booking.must_be_of(caller)?;
    Ok(CancelledBy::Customer)
}

fn is_operator(caller: &Caller) -> bool {
    caller.may(Permission::ManageBookings)
}

fn text<const N: usize>(prose: Option<&Prose<1, N>>) -> Option<String> {
    prose.map(ToString::to_string)
}

fn view(caller: &Caller, booking: &Booking) -> BookingView {
    if is_operator(caller) || caller.is(Role::LeadGuide) {
        BookingView::for_operator(booking)
    } else {
        BookingView::for_owner(booking)
    }
}

impl Bookings {
    /// BK-11.
    pub async fn name_participants(
        &self,
        caller: &Caller,
        id: BookingId,
        who: &WhoComes,
    ) -> Result<BookingView> {
        let change = |booking: &Booking, now| {
            booking.must_be_of(caller)?;
            booking.complete_details(who, now).map(Some)
        };
        self.change(id, change).await.map(|it| view(caller, &it))
    }

    /// BK-12.
    pub async fn cancel(&self, caller: &Caller, id: BookingId, wish: &CancelWish) -> Result<BookingView> {
        let change = |booking: &Booking, now| {
            let by = by(caller, booking)?;
            let choice = choice(wish.refund_type, wish.amount, is_operator(caller))?;
            booking.cancel(by, choice, text(wish.reason.as_ref()), now).map(Some)
        };
        self.change(id, change).await.map(|it| view(caller, &it))
    }

    /// BK-13.
    pub async fn cancel_participant(
        &self,
        caller: &Caller,
        id: BookingId,
        participant: ParticipantId,
        wish: &CancelWish,
    ) -> Result<BookingView> {
        let change = |booking: &Booking, now| {
            let by = by(caller, booking)?;
            let choice = choice(wish.refund_type, wish.amount, is_operator(caller))?;
            booking.cancel_one(participant, by, choice, text(wish.reason.as_ref()), now).map(Some)
        };
        self.change(id, change).await.map(|it| view(caller, &it))
    }

    /// BK-15.
    pub async fn preview_refund(
        &self,
        caller: &Caller,
        id: BookingId,
        wish: &PreviewWish,
    ) -> Result<RefundPreview> {
        let booking = self.booking(id).await?;
        by(caller, &booking)?;
        let choice = choice(wish.refund_type, wish.amount, is_operator(caller))?;
        let preview = booking.preview(wish.participant_id, choice, kernel::time::now())?;
        Ok(RefundPreview {
            amount: preview.refund,
            share: preview.share,
            percent: preview.tier.percent,
            tier_min_days: preview.tier.min_days,
            days_to_start: preview.days_to_start,
            refund_type: choice.kind(),
            scope: if wish.participant_id.is_some() { "individual" } else { "whole" }.into(),
        })
    }

    /// BK-14: the seats first, in the same transaction.
    pub async fn restore(&self, id: BookingId) -> Result<BookingView> {
        let restored = self.change(id, |booking, now| booking.restore(now).map(Some)).await?;
        Ok(BookingView::for_operator(&restored))
    }

    pub async fn restore_participant(
        &self,
        id: BookingId,
        participant: ParticipantId,
    ) -> Result<BookingView> {
        let restored =
            self.change(id, |booking, now| booking.restore_one(participant, now).map(Some)).await?;
        Ok(BookingView::for_operator(&restored))
    }

    /// BK-18.
    pub async fn shift(&self, caller: &Caller, id: BookingId, wish: &ShiftWish) -> Result<BookingView> {
        let to = self.departure(wish.batch_id).await?;
        let shifted = self.change(id, |booking, now| booking.shift(&to, Some(caller.user_id), now).map(Some));
        shifted.await.map(|it| BookingView::for_operator(&it))
    }

    pub(crate) async fn departure(&self, id: BatchId) -> Result<Batch> {
        let batch = self.table.get::<Batch>(&Batch::key_of(id)).await?;
        batch.ok_or_else(|| Failure::field("/batch_id", "is no departure"))
    }

    /// BK-9.
    pub async fn update_booking(&self, id: BookingId, patch: &BookingPatch) -> Result<BookingView> {
        let change = |booking: &Booking, now| {
            let mut step = Step::of(booking, now);
            let after = &mut step.booking;
            after.contact = patch.contact.clone().unwrap_or_else(|| booking.contact.clone());
            after.emergency_contact = patch.emergency_contact.clone().or(after.emergency_contact.take());
            after.additional_requests =
                text(patch.additional_requests.as_ref()).or(after.additional_requests.take());
            Ok(Some(step.tell(Told::Updated)))
        };
        self.change(id, change).await.map(|it| BookingView::for_operator(&it))
    }

    /// BK-19.
    pub async fn set_status(
        &self,
        caller: &Caller,
        id: BookingId,
        wish: &BookingStatusWish,
    ) -> Result<BookingView> {
        match wish.status {
            WantedStatus::Completed => self.complete(id, &CompleteWish::default()).await,
            WantedStatus::Cancelled => self.cancel(caller, id, &CancelWish::default()).await,
        }
    }

    pub async fn complete(&self, id: BookingId, wish: &CompleteWish) -> Result<BookingView> {
        let change = |booking: &Booking, now| {
            if now < booking.start_date {
                return Err(NOT_NOW.because("Its departure has not begun."));
            }
            booking.complete(&wish.no_shows, now).map(Some)
        };
        self.change(id, change).await.map(|it| BookingView::for_operator(&it))
    }

    /// BK-20.
    pub async fn remark(&self, by: UserId, id: BookingId, wish: &RemarkWish) -> Result<BookingView> {
        const MOST: usize = 200;
        let change = |booking: &Booking, now| {
            if booking.remarks.len() >= MOST {
                return Err(NOT_NOW.because("It has as many remarks as one can read."));
            }
            let mut step = Step::of(booking, now);
            step.booking.remarks.push(Remark { text: wish.text.to_string(), by: Some(by), at: now });
            Ok(Some(step))
        };
        self.change(id, change).await.map(|it| BookingView::for_operator(&it))
    }

    /// BK-22: the rest of the money came outside the platform.
    pub async fn mark_paid(&self, by: UserId, id: BookingId) -> Result<BookingView> {
        let change = |booking: &Booking, now| {
            if booking.status != BookingStatus::PartiallyPaid {
                return Err(NOT_NOW.because("Only a booking that is paid in part has a balance."));
            }
            booking.paid_offline(by, now).map(Some)
        };
        self.change(id, change).await.map(|it| BookingView::for_operator(&it))
    }
}
