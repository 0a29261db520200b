//! GET /admin/reviews/queue: a moderator sees the reviews of a status, the oldest of those that wait first.

use kernel::page::Page;
use kernel::{Result, Role};
use reviews::list::{QueueQuery, Reader};
use reviews::review::ReviewView;
use web::{Action, App, Caller, Function, Grant, Json, Query, get};

pub fn endpoint() -> impl Function {
    get("/admin/reviews/queue", handle)
        .roles([Role::Admin, Role::Staff])
        .grants([Grant::Cursors, Grant::Table(&[Action::Query])])
        .calls(6)
}

async fn handle(
    app: App<Reader>,
    caller: Caller,
    query: Query<QueueQuery>,
) -> Result<Json<Page<ReviewView>>> {
    app.queue(&caller, &query).await.map(Json::new)
}
