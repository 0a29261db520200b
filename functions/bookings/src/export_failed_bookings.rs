//! GET /failed-bookings/export: an administrator takes what came to nothing along, as CSV, XLSX or PDF.

use bookings::desk::{EXPORTS, ExportFile, ExportQuery, Printer};
use kernel::{Result, Role};
use web::{Action, App, Caller, FileAction, Function, Grant, Json, Query, get};

pub fn endpoint() -> impl Function {
    get("/failed-bookings/export", handle)
        .also("GET", "/api/failed-bookings/export")
        .roles([Role::Admin])
        .timeout(kernel::time::seconds(29))
        .grants([
            Grant::Cursors,
            Grant::Table(&[Action::Query]),
            Grant::Files(FileAction::Read, EXPORTS),
            Grant::Files(FileAction::Write, EXPORTS),
        ])
        .calls(3)
}

async fn handle(app: App<Printer>, _: Caller, query: Query<ExportQuery>) -> Result<Json<ExportFile>> {
    app.export_failed(&query).await.map(Json::new)
}
