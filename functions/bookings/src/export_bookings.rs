//! GET /admin/bookings/export: an administrator takes the bookings along, as CSV, XLSX or PDF.

use bookings::desk::{EXPORTS, ExportFile, ExportQuery, Printer};
use kernel::{Result, Role};
use web::{Action, App, Caller, FileAction, Function, Grant, Json, Query, get};

pub fn endpoint() -> impl Function {
    get("/admin/bookings/export", handle)
        .roles([Role::Admin])
        .timeout(kernel::time::seconds(29))
        .grants([
            Grant::Cursors,
            Grant::Table(&[Action::BatchGet, Action::Query]),
            Grant::Files(FileAction::Read, EXPORTS),
            Grant::Files(FileAction::Write, EXPORTS),
        ])
        .calls(4)
}

async fn handle(app: App<Printer>, _: Caller, query: Query<ExportQuery>) -> Result<Json<ExportFile>> {
    app.export_bookings(&query).await.map(Json::new)
}
