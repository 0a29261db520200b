//! GET /admin/email-log: an administrator sees what became of mails.

use kernel::page::Page;
use kernel::{Result, Role};
use notifications::mail::admin::{Letters, MailQuery, MailView};
use web::{Action, App, Caller, Function, Grant, Json, Query, get};

pub fn endpoint() -> impl Function {
    get("/admin/email-log", handle)
        .roles([Role::Admin])
        .grants([Grant::Cursors, Grant::Table(&[Action::Query])])
        .calls(2)
}

async fn handle(app: App<Letters>, _: Caller, query: Query<MailQuery>) -> Result<Json<Page<MailView>>> {
    app.list(&query).await.map(Json::new)
}
