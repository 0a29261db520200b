//! POST /payments/{id}/refunds: an administrator gives back a payment, or part of it.
//!
//! Never more than came. What was paid through the provider goes back in a moment; what was taken outside the platform is
//! noted at once.

use kernel::{Result, Role};
use payments::Payments;
use payments::payment::PaymentId;
use payments::refund::admin::{NewRefund, REFUND_TOO_LARGE, RefundView};
use web::{Action, App, Begun, Body, Caller, Function, Grant, Once, Path, post};

pub fn endpoint() -> impl Function {
    post("/payments/{id}/refunds", handle)
        .roles([Role::Admin])
        .problems([REFUND_TOO_LARGE])
        .grants([Grant::Table(&[Action::Get, Action::Put])])
        .calls(3)
}

async fn handle(
    app: App<Payments>,
    _: Caller,
    id: Path<PaymentId>,
    once: Once,
    body: Body<NewRefund>,
) -> Result<Begun<RefundView>> {
    app.give_back(once, *id, &body).await
}
