//! GET /transactions: somebody sees what was taken from them and given back; administrators everybody's.

use kernel::Result;
use kernel::page::Page;
use payments::Lists;
use payments::list::{TransactionView, Whose};
use web::{Action, App, Caller, Function, Grant, Json, Query, get};

pub fn endpoint() -> impl Function {
    get("/transactions", handle)
        .also("GET", "/api/v1/transactions/history")
        .user()
        .grants([Grant::Cursors, Grant::Table(&[Action::Query])])
        .calls(2)
}

async fn handle(app: App<Lists>, caller: Caller, whose: Query<Whose>) -> Result<Json<Page<TransactionView>>> {
    app.list_transactions(&caller, &whose).await.map(Json::new)
}
