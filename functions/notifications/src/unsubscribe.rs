//! POST /notifications/unsubscribe/{token}: somebody wants no more mails of a kind, by one click in their mail program.

use kernel::text::Text;
use kernel::{Problem, Result};
use notifications::mail::unsubscribe::Unsubscriber;
use web::{Action, App, Function, Grant, Page, Path, post};

pub fn endpoint() -> impl Function {
    post("/notifications/unsubscribe/{token}", handle)
        .public()
        .problems([Problem::NOT_FOUND, Problem::CONFLICT])
        .grants([Grant::Cursors, Grant::Table(&[Action::BatchGet, Action::Put])])
        .calls(3)
}

async fn handle(app: App<Unsubscriber>, token: Path<Text<1, 600>>) -> Result<Page> {
    app.unsubscribe(token.as_str()).await
}
