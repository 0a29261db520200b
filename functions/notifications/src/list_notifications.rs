//! GET /notifications: somebody reads what they were told, the newest first.

use kernel::Result;
use kernel::page::Page;
use notifications::inbox::{Inbox, NoticeQuery};
use notifications::notice::NoticeView;
use web::{Action, App, Caller, Function, Grant, Json, Query, get};

pub fn endpoint() -> impl Function {
    get("/notifications", handle).user().grants([Grant::Cursors, Grant::Table(&[Action::Query])]).calls(2)
}

async fn handle(
    app: App<Inbox>,
    caller: Caller,
    query: Query<NoticeQuery>,
) -> Result<Json<Page<NoticeView>>> {
    app.list(&caller, &query).await.map(Json::new)
}
