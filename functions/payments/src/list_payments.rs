//! GET /payments: somebody sees their payments, the newest first; administrators everybody's.

use kernel::Result;
use kernel::page::Page;
use payments::Lists;
use payments::list::Whose;
use payments::payment::PaymentView;
use web::{Action, App, Caller, Function, Grant, Json, Query, get};

pub fn endpoint() -> impl Function {
    get("/payments", handle).user().grants([Grant::Cursors, Grant::Table(&[Action::Query])]).calls(2)
}

async fn handle(app: App<Lists>, caller: Caller, whose: Query<Whose>) -> Result<Json<Page<PaymentView>>> {
    app.list_payments(&caller, &whose).await.map(Json::new)
}
