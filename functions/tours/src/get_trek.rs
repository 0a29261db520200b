//! GET /treks/{id}: anybody looks at one trek, by its id or its slug, and its price in parts.
//!
//! The first look of a day counts as a view. Departures are those to come with seats; administrators see all of them, and
//! treks that are not on sale.

use kernel::Result;
use tours::tour::show::Handle;
use tours::trek::show::TrekPage;
use tours::{BROWSING, READS, Tours};
use web::{Action, App, Caller, Client, Function, Grant, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/treks/{id}", handle)
        .also("GET", "/api/treks/{id}")
        .public()
        .limit(BROWSING)
        .grants([READS, Grant::Table(&[Action::Put, Action::Update])])
        .calls(3)
}

async fn handle(
    app: App<Tours>,
    caller: Option<Caller>,
    client: Client,
    handle: Path<Handle>,
) -> Result<Json<TrekPage>> {
    app.show_trek(&handle, caller.as_ref(), &client).await.map(Json::new)
}
