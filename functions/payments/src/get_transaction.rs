//! GET /transactions/{id}: somebody looks at one movement of their money, and the accounts it went from and to.

use kernel::Result;
use payments::Payments;
use payments::ledger::MovementId;
use payments::list::TransactionView;
use web::{Action, App, Caller, Function, Grant, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/transactions/{id}", handle).user().grants([Grant::Table(&[Action::Get])]).calls(2)
}

async fn handle(app: App<Payments>, caller: Caller, id: Path<MovementId>) -> Result<Json<TransactionView>> {
    app.show_transaction(&caller, *id).await
}
