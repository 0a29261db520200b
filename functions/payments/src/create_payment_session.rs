//! POST /payments/sessions: somebody begins to pay what is due.
//!
//! The amount is what the owner of the subject says, whatever the client thinks. Waits a moment for its word, and answers 202
//! when it does not come: ask again. Repeating it gives the same payment, as long as that is open.

use kernel::time;
use kernel::{Problem, Result};
use payments::keys::{NOT_CONFIGURED, STRIPE_KEYS};
use payments::session::{ALREADY_PAID, NOTHING_DUE, NewSession, PaymentSession};
use payments::{Cashier, PAYING};
use web::{Action, App, Body, Caller, Eventual, Function, Grant, post};

pub fn endpoint() -> impl Function {
    post("/payments/sessions", handle)
        .also("POST", "/api/payments/create-order")
        .user()
        .limit(PAYING)
        .timeout(time::seconds(28))
        .problems([Problem::NOT_FOUND, ALREADY_PAID, NOTHING_DUE, NOT_CONFIGURED])
        .grants([
            Grant::Secret(STRIPE_KEYS),
            Grant::Setting("stripe-url"),
            Grant::Table(&[Action::Get, Action::Put]),
        ])
        .calls(6)
}

async fn handle(
    app: App<Cashier>,
    caller: Caller,
    body: Body<NewSession>,
) -> Result<Eventual<PaymentSession>> {
    app.begin(&caller, &body).await
}
