//! GET /workers/{id}/portfolio: anybody sees pieces of work, the featured ones first.

use kernel::Result;
use kernel::UserId;
use kernel::page::Page;
use users::Users;
use users::worker::child::View;
use users::worker::portfolio::{PortfolioItem, Wanted};
use web::{Action, App, Caller, Function, Grant, Json, Path, Query, get};

pub fn endpoint() -> impl Function {
    get("/workers/{id}/portfolio", handle)
        .public()
        .grants([Grant::Table(&[Action::Get, Action::Query])])
        .calls(3)
}

async fn handle(
    app: App<Users>,
    caller: Option<Caller>,
    id: Path<UserId>,
    wanted: Query<Wanted>,
) -> Result<Json<Page<View<PortfolioItem>>>> {
    app.list_portfolio(caller.as_ref(), id.0, &wanted).await
}
