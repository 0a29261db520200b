//! GET /workers/{id}/portfolio/{item_id}: anybody sees a piece of work.

use kernel::Result;
use kernel::UserId;
use users::Users;
use users::worker::EntryId;
use users::worker::child::View;
use users::worker::portfolio::PortfolioItem;
use web::{Action, App, Caller, Function, Grant, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/workers/{id}/portfolio/{item_id}", handle).public().grants([Grant::Table(&[Action::Get])]).calls(3)
}

async fn handle(
    app: App<Users>,
    caller: Option<Caller>,
    id: Path<UserId>,
    entry: Path<EntryId>,
) -> Result<Json<View<PortfolioItem>>> {
    app.get_portfolio_item(caller.as_ref(), id.0, entry.0).await
}
