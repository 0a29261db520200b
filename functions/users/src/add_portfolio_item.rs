//! POST /workers/{id}/portfolio: workers add a piece of work.

use kernel::Result;
use kernel::UserId;
use users::Users;
use users::worker::child::View;
use users::worker::portfolio::{NewPortfolioItem, PortfolioItem};
use users::worker::skill::TOO_MANY;
use web::{Action, App, Body, Caller, Created, Function, Grant, Once, Path, post};

pub fn endpoint() -> impl Function {
    post("/workers/{id}/portfolio", handle)
        .user()
        .max_body(64 * 1024)
        .problems([TOO_MANY])
        .grants([Grant::Table(&[Action::Get, Action::Put])])
        .calls(3)
}

async fn handle(
    app: App<Users>,
    once: Once,
    caller: Caller,
    id: Path<UserId>,
    body: Body<NewPortfolioItem>,
) -> Result<Created<View<PortfolioItem>>> {
    app.add_portfolio_item(once, &caller, id.0, &body).await
}
