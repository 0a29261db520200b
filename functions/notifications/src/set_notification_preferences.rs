//! PUT /notifications/preferences: somebody says by which channels they want to be told of what, and how often.
//!
//! It is all of it: what is left out is as users' preferences say. What protects an account cannot be switched off.

use kernel::{Problem, Result};
use notifications::Notifications;
use notifications::preferences::{NewPreferences, PreferencesView};
use web::{Action, App, Body, Caller, Function, Grant, Json, put};

pub fn endpoint() -> impl Function {
    put("/notifications/preferences", handle)
        .user()
        .problems([Problem::CONFLICT])
        .grants([Grant::Table(&[Action::BatchGet, Action::Put])])
        .calls(3)
}

async fn handle(
    app: App<Notifications>,
    caller: Caller,
    body: Body<NewPreferences>,
) -> Result<Json<PreferencesView>> {
    app.set_preferences(&caller, &body).await.map(Json::new)
}
