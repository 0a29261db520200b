//! GET /refunds/{id}: somebody sees what becomes of their refund.

use kernel::Result;
use payments::Payments;
use payments::refund::RefundId;
use payments::refund::admin::RefundView;
use web::{Action, App, Caller, Function, Grant, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/refunds/{id}", handle).user().grants([Grant::Table(&[Action::Get])]).calls(2)
}

async fn handle(app: App<Payments>, caller: Caller, id: Path<RefundId>) -> Result<Json<RefundView>> {
    app.show_refund(&caller, *id).await
}
