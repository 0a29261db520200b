//! GET /workers: anybody looks for workers, by words, facets and places.
//!
//! Words are found by how they begin, whatever their accents and case. A page may be short and still have a `next_cursor`:
//! what few match is looked for over several pages, so that no page costs more than another.

use std::time::Duration;

use kernel::Result;
use kernel::page::Page;
use users::worker::directory::{Directory, Wanted, WorkerListing};
use web::{Action, App, Function, Grant, Json, Limit, Per, Query, get};

const LIMIT: Limit = Limit { name: "search", count: 30, window: Duration::from_secs(60), per: Per::Address };

pub fn endpoint() -> impl Function {
    get("/workers", handle)
        .public()
        .limit(LIMIT)
        .grants([Grant::Table(&[Action::Query]), Grant::Cursors])
        .calls(2)
}

async fn handle(app: App<Directory>, wanted: Query<Wanted>) -> Result<Json<Page<WorkerListing>>> {
    app.find(&wanted).await
}
