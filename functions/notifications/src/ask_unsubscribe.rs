//! GET /notifications/unsubscribe/{token}: somebody follows the link in a mail and is asked whether they want no more.
//!
//! Looking at it changes nothing: mail programs do that by themselves.

use kernel::text::Text;
use kernel::{Problem, Result};
use notifications::mail::unsubscribe::Unsubscriber;
use web::{App, Function, Grant, Page, Path, get};

pub fn endpoint() -> impl Function {
    get("/notifications/unsubscribe/{token}", handle)
        .public()
        .problems([Problem::NOT_FOUND])
        .grants([Grant::Cursors])
        .calls(1)
}

async fn handle(app: App<Unsubscriber>, token: Path<Text<1, 600>>) -> Result<Page> {
    app.ask(token.as_str())
}
