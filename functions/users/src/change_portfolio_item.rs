//! PUT /workers/{id}/portfolio/{item_id}: workers change a piece of work.

use kernel::Result;
use kernel::UserId;
use users::Users;
use users::worker::EntryId;
use users::worker::child::View;
use users::worker::portfolio::{NewPortfolioItem, PortfolioItem};
use web::{Action, App, Body, Caller, Function, Grant, Json, Path, put};

pub fn endpoint() -> impl Function {
    put("/workers/{id}/portfolio/{item_id}", handle)
        .user()
        .max_body(64 * 1024)
        .grants([Grant::Table(&[Action::Get, Action::Put])])
        .calls(4)
}

async fn handle(
    app: App<Users>,
    caller: Caller,
    id: Path<UserId>,
    entry: Path<EntryId>,
    body: Body<NewPortfolioItem>,
) -> Result<Json<View<PortfolioItem>>> {
    app.change_portfolio_item(&caller, id.0, entry.0, &body).await
}
