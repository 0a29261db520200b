//! GET /promos: somebody who manages promotions looks through them, by their codes.

use kernel::page::{Page, PageRequest};
use kernel::{Permission, Result};
use payments::Lists;
use payments::promo::write::PromoView;
use web::{Action, App, Caller, Function, Grant, Json, Query, get};

pub fn endpoint() -> impl Function {
    get("/promos", handle)
        .permission(Permission::ManagePromos)
        .grants([Grant::Cursors, Grant::Table(&[Action::Query])])
        .calls(2)
}

async fn handle(app: App<Lists>, _: Caller, request: Query<PageRequest>) -> Result<Json<Page<PromoView>>> {
    app.promos(&request).await
}
