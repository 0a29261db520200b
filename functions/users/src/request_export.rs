//! POST /users/me/export: somebody wants a copy of everything that is known of them.
//!
//! Every context adds its part; one export at a time, and one a day.

use kernel::{Problem, Result};
use users::Users;
use users::export::{EXPORT_RUNNING, EXPORTED_TODAY, ExportView};
use web::{Action, App, Begun, Caller, Function, Grant, Once, post};

pub fn endpoint() -> impl Function {
    post("/users/me/export", handle)
        .user()
        .problems([Problem::NOT_FOUND, EXPORT_RUNNING, EXPORTED_TODAY])
        .grants([Grant::Table(&[Action::Get, Action::Put])])
        .calls(4)
}

async fn handle(app: App<Users>, caller: Caller, once: Once) -> Result<Begun<ExportView>> {
    app.request_export(&caller, once).await
}
