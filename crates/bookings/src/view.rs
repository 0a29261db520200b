//! A booking as its owner and operators see it.

use kernel::money::Currency;
use kernel::{Timestamp, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::booking::{
    BatchId, Booking, BookingId, BookingStatus, Cancellation, Contact, Instalment, LastError, OwnerId,
    OwnerKind, PaymentMode, RefundKind, RefundStatus, Remark, Request,
};
use crate::participant::{Details, EmergencyContact, Participant, ParticipantId};
use crate::price::{AddOn, Price};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BookingView {
    pub id: BookingId,
    pub reference: String,
    pub status: BookingStatus,
    pub user_id: UserId,
    pub owner_kind: OwnerKind,
    pub owner_id: OwnerId,
    pub owner_name: String,
    pub batch_id: BatchId,
    pub start_date: Timestamp,
    pub end_date: Timestamp,
    /// Seats that are not cancelled.
    pub participants_count: u32,
    pub participants: Vec<ParticipantView>,
    pub add_ons: Vec<AddOn>,
    pub contact: Contact,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency_contact: Option<EmergencyContact>,
    pub price: Price,
    /// Minor units, as all amounts.
    pub total: i64,
    pub currency: Currency,
    pub paid_amount: i64,
    pub refunded_amount: i64,
    /// Still to come.
    pub balance: i64,
    pub payment_mode: PaymentMode,
    pub instalments: Vec<Instalment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promo_code: Option<String>,
    /// Until then the seats wait for the first payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_expires_at: Option<Timestamp>,
    pub attempts: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<LastError>,
    /// The payment provider's page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkout_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund: Option<RefundView>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancellation: Option<Cancellation>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Request>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub additional_requests: Option<String>,
    pub admin_created: bool,
    /// For operators only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remarks: Option<Vec<Remark>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_number: Option<String>,
    pub created_at: Timestamp,
    pub version: u64,
}

/// What is given back of a booking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "BookingRefund")]
pub struct RefundView {
    pub status: RefundStatus,
    /// What is owed.
    pub amount: i64,
    /// What has arrived.
    pub returned: i64,
    #[serde(rename = "type")]
    pub kind: RefundKind,
    pub date: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ParticipantView {
    pub id: ParticipantId,
    /// `active` or `cancelled`.
    pub status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Details>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled_at: Option<Timestamp>,
    pub refund_status: RefundStatus,
    pub refund_amount: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_type: Option<RefundKind>,
    #[serde(default)]
    pub no_show: bool,
}

impl BookingView {
    pub fn for_owner(booking: &Booking) -> Self {
        Self { remarks: None, ..Self::for_operator(booking) }
    }

    pub fn for_operator(booking: &Booking) -> Self {
        Self {
            id: booking.id,
            reference: booking.reference.clone(),
            status: booking.status,
            user_id: booking.user_id,
            owner_kind: booking.owner_kind,
            owner_id: booking.owner_id,
            owner_name: booking.owner_name.clone(),
            batch_id: booking.batch_id,
            start_date: booking.start_date,
            end_date: booking.end_date,
            participants_count: booking.active(),
            participants: booking.participants.iter().map(|it| booking.shown(it)).collect(),
            add_ons: booking.add_ons.clone(),
            contact: booking.contact.clone(),
            emergency_contact: booking.emergency_contact.clone(),
            price: booking.price.clone(),
            total: booking.total,
            currency: booking.price.currency,
            paid_amount: booking.paid,
            refunded_amount: booking.refunded(),
            balance: if booking.status == BookingStatus::Expired { 0 } else { booking.outstanding() },
            payment_mode: booking.payment_mode,
            instalments: booking.instalments.clone(),
            promo_code: booking.promo.as_ref().map(|it| it.code.clone()),
            hold_expires_at: booking.hold_expires_at.filter(|_| booking.status == BookingStatus::OnHold),
            attempts: booking.attempts,
            last_error: booking.last_error.clone(),
            checkout_url: booking.checkout.as_ref().and_then(|it| it.url.clone()),
            refund: booking.refund_view(),
            cancellation: booking.cancellation.clone(),
            request: booking.request.clone(),
            additional_requests: booking.additional_requests.clone(),
            admin_created: booking.admin_created,
            remarks: Some(booking.remarks.clone()),
            invoice_number: booking.invoice.as_ref().map(|it| it.number.clone()),
            created_at: booking.created_at,
            version: booking.version,
        }
    }
}

impl Booking {
    fn shown(&self, participant: &Participant) -> ParticipantView {
        let left = participant.left.as_ref();
        let key = left.and_then(|it| it.key.as_ref());
        let refund = key.and_then(|key| self.refunds.iter().find(|it| it.key == *key));
        ParticipantView {
            id: participant.id,
            status: if participant.is_active() { "active" } else { "cancelled" }.into(),
            details: participant.details.clone(),
            cancelled_at: left.map(|it| it.at),
            refund_status: refund.map_or(RefundStatus::NotApplicable, |it| it.status),
            refund_amount: left.map_or(0, |it| it.refund),
            refund_type: left.map(|it| it.kind),
            no_show: participant.no_show,
        }
    }

    /// All refunds as one: failed while one has, and through when all are.
    fn refund_view(&self) -> Option<RefundView> {
        let last = self.refunds.last()?;
        let any = |status| self.refunds.iter().any(|it| it.status == status);
        let order = [RefundStatus::Failed, RefundStatus::Processing, RefundStatus::Pending];
        let status = order.into_iter().find(|it| any(*it)).unwrap_or(RefundStatus::Success);
        Some(RefundView {
            status,
            amount: self.refunds.iter().map(|it| it.amount).sum(),
            returned: self.refunds.iter().map(|it| it.returned).sum(),
            kind: last.kind,
            date: last.at,
        })
    }
}
