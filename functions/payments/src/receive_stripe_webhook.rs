//! POST /webhooks/stripe: Stripe tells what became of a payment or a refund.
//!
//! Signed over the raw body, no older than five minutes. Kept first and processed from a queue; a second delivery is
//! answered like the first.

use kernel::Result;
use payments::config::Online;
use payments::keys::{NOT_CONFIGURED, STRIPE_KEYS};
use payments::signature::SIGNATURE_INVALID;
use payments::webhook::Taken;
use web::{Action, App, Function, Grant, Json, Raw, post};

pub fn endpoint() -> impl Function {
    post("/webhooks/stripe", handle)
        .also("POST", "/webhook-checkout")
        .also("POST", "/api/payments/webhook")
        .public()
        // A stranger's costs nothing but the signature's arithmetic, and the provider sends as fast as it can.
        .unlimited()
        .max_body(256 * 1024)
        .problems([NOT_CONFIGURED, SIGNATURE_INVALID])
        .grants([Grant::Secret(STRIPE_KEYS), Grant::Table(&[Action::Put])])
        .calls(1)
}

async fn handle(app: App<Online>, raw: Raw) -> Result<Json<Taken>> {
    app.receive(&raw.body, raw.header("stripe-signature")).await.map(Json::new)
}
