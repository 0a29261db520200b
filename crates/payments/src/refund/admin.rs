//! PY-7, PY-8: an administrator gives money back, and its owner sees what becomes of it.

use deserr::Deserr;
use kernel::id::Ulid;
use kernel::money::Currency;
use kernel::text::Text;
use kernel::{Failure, Problem, Result, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Transaction;
use web::{Begun, Caller, Json, Once};

use super::{Mode, Progress, Refund, RefundId, RefundOrder};
use crate::Payments;
use crate::payment::{Declined, PaymentId, Provider};
use crate::wire::sayable;

pub const REFUND_TOO_LARGE: Problem =
    Problem::new("refund-too-large", 409, "So much is not left of the payment");

#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewRefund {
    /// Minor units; all that is left without it.
    #[serde(default)]
    #[deserr(default)]
    #[schemars(range(min = 1), example = &2500)]
    pub amount: Option<i64>,
    pub reason: Text<1, 200>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RefundView {
    pub id: RefundId,
    pub payment_id: PaymentId,
    pub amount: i64,
    pub currency: Currency,
    pub status: Progress,
    pub reason: String,
    pub kind: Mode,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Declined>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl From<Refund> for RefundView {
    fn from(refund: Refund) -> Self {
        Self {
            id: refund.id,
            payment_id: refund.payment_id,
            amount: refund.amount,
            currency: refund.currency,
            status: refund.status,
            reason: refund.reason,
            kind: refund.mode,
            failure: refund.failure,
            created_at: refund.created_at,
            updated_at: refund.updated_at,
        }
    }
}

impl Payments {
    /// Takes the amount out of what is left, and has it given back in a moment.
    pub async fn give_back(&self, once: Once, id: PaymentId, new: &NewRefund) -> Result<Begun<RefundView>> {
        let payment = self.payment(id).await?.ok_or_else(|| Failure::not_found("payment"))?;
        let amount = new.amount.unwrap_or(payment.left());
        if new.amount.is_some_and(|amount| amount <= 0) {
            return Err(Failure::field("/amount", "must be more than 0"));
        }
        if payment.provider == Provider::Stripe && amount != sayable(amount, payment.currency) {
            return Err(Failure::field("/amount", "has a digit too many for a card"));
        }
        if amount > payment.left() || amount == 0 {
            let left = payment.left();
            return Err(REFUND_TOO_LARGE.because(format!("{left} {} can be given back.", payment.currency)));
        }
        let mut order = RefundOrder::new(&payment, format!("admin:{}", Ulid::generate()), amount);
        order.reason = new.reason.to_string();
        order.mode = if amount == payment.captured { Mode::Full } else { Mode::Custom };
        let mut payments = [payment];
        let effect = self.begin_refund(Transaction::new(), &mut order, &mut payments, &[amount])?;
        let [payment] = payments;
        let refund = Refund { id: order.refunds[0], ..Refund::new(&order, &payment, amount) };
        let body = RefundView::from(refund);
        let location = format!("/api/v1/refunds/{}", body.id);
        let effect = effect.replace(&self.table, &payment)?;
        once.commit(&self.table, effect, Begun { location, body }).await
    }

    pub async fn show_refund(&self, caller: &Caller, id: RefundId) -> Result<Json<RefundView>> {
        let found = self.refund(id).await?.filter(|refund| caller.owns(refund.user_id));
        found.map(RefundView::from).map(Json::new).ok_or_else(|| Failure::not_found("refund"))
    }
}
