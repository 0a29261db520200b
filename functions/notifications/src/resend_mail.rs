//! POST /admin/email-log/{id}/resend: an administrator sends a mail once more.

use kernel::{Problem, Result, Role};
use notifications::Notifications;
use notifications::mail::admin::{MailView, STILL_QUEUED};
use notifications::mail::log::MailId;
use web::{Accepted, Action, App, Caller, Function, Grant, Once, Path, post};

pub fn endpoint() -> impl Function {
    post("/admin/email-log/{id}/resend", handle)
        .roles([Role::Admin])
        .problems([Problem::NOT_FOUND, Problem::CONFLICT, STILL_QUEUED])
        .grants([Grant::Table(&[Action::Get, Action::Put])])
        .calls(3)
}

async fn handle(
    app: App<Notifications>,
    _: Caller,
    once: Once,
    id: Path<MailId>,
) -> Result<Accepted<MailView>> {
    app.resend(once, *id).await
}
