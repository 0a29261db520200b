//! GET /payments/config: a client learns by which key the provider knows us. It is no secret.

use kernel::Result;
use payments::config::{Online, PaymentConfig};
use payments::keys::{NOT_CONFIGURED, STRIPE_KEYS};
use web::{App, Function, Grant, Json, get};

pub fn endpoint() -> impl Function {
    get("/payments/config", handle)
        .also("GET", "/api/payments/get-key")
        .public()
        .problems([NOT_CONFIGURED])
        .grants([Grant::Secret(STRIPE_KEYS)])
        .calls(1)
}

async fn handle(app: App<Online>) -> Result<Json<PaymentConfig>> {
    app.config().map(Json::new)
}
