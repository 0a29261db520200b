//! GET /.well-known/jwks.json: anybody reads the public keys that check access tokens.

use identity::jwks::{Keys, PublicKeySet};
use kernel::Result;
use web::{Action, App, Function, Grant, Json, get};

pub fn endpoint() -> impl Function {
    get("/auth/keys", handle)
        .at("/.well-known/jwks.json")
        .public()
        .unlimited()
        .grants([Grant::Sessions(&[Action::BatchGet])])
        .calls(1)
}

async fn handle(app: App<Keys>) -> Result<Json<PublicKeySet>> {
    app.public().await
}
