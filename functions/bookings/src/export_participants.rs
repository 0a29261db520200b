//! GET /batches/{id}/participants/export: somebody who manages bookings takes along who comes on a departure.

use bookings::booking::BatchId;
use bookings::desk::{EXPORTS, ExportFile, ParticipantsQuery, Printer};
use kernel::{Permission, Result};
use web::{Action, App, Caller, FileAction, Function, Grant, Json, Path, Query, get};

pub fn endpoint() -> impl Function {
    get("/batches/{id}/participants/export", handle)
        .also("GET", "/api/batches/{id}/participants/export")
        .permission(Permission::ManageBookings)
        .timeout(kernel::time::seconds(29))
        .grants([
            Grant::Cursors,
            Grant::Table(&[Action::Get, Action::Query]),
            Grant::Files(FileAction::Read, EXPORTS),
            Grant::Files(FileAction::Write, EXPORTS),
        ])
        .calls(4)
}

async fn handle(
    app: App<Printer>,
    _: Caller,
    id: Path<BatchId>,
    query: Query<ParticipantsQuery>,
) -> Result<Json<ExportFile>> {
    app.export_participants(*id, &query).await.map(Json::new)
}
