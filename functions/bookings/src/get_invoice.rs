//! GET /bookings/{id}/invoice: the owner or an operator fetches the invoice.
//!
//! The first one who asks makes it. Numbers are in sequence within a year, without gaps.

use bookings::booking::BookingId;
use bookings::desk::{INVOICES, InvoiceLink, Printer};
use bookings::saga::NOT_NOW;
use kernel::Result;
use web::{Action, App, Caller, FileAction, Function, Grant, Json, Path, get};

pub fn endpoint() -> impl Function {
    get("/bookings/{id}/invoice", handle)
        .also("GET", "/api/bookings/{id}/invoice")
        .user()
        .problems([NOT_NOW])
        .grants([
            Grant::Cursors,
            Grant::Table(&[Action::Get, Action::Put, Action::Update]),
            Grant::Files(FileAction::Read, INVOICES),
            Grant::Files(FileAction::Write, INVOICES),
        ])
        .calls(3)
}

async fn handle(app: App<Printer>, caller: Caller, id: Path<BookingId>) -> Result<Json<InvoiceLink>> {
    app.invoice(&caller, *id).await.map(Json::new)
}
