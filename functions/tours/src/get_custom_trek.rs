//! GET /treks/custom/{token}: whoever holds the link looks at the trek that was made for them.
//!
//! It is in no list. An unknown token is 404, and one whose time is over 410.

use kernel::Result;
use tours::tour::show::Handle;
use tours::trek::show::{LINK_EXPIRED, TrekPage};
use tours::{BROWSING, READS, Tours};
use web::{Action, App, Client, Function, Grant, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/treks/custom/{token}", handle)
        .also("GET", "/api/treks/custom/{token}")
        .public()
        .limit(BROWSING)
        .problems([LINK_EXPIRED])
        .grants([READS, Grant::Table(&[Action::Put, Action::Update])])
        .calls(4)
}

async fn handle(app: App<Tours>, client: Client, token: Path<Handle>) -> Result<Json<TrekPage>> {
    app.show_custom_trek(&token, &client).await.map(Json::new)
}
