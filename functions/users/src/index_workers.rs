//! Queue index-workers: makes the directory say what a worker's profile says now.

use contracts::users::WorkerChanged;
use kernel::Result;
use messaging::{Received, on_event};
use users::Users;
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_event("index-workers", handle).grants([Grant::Table(&[Action::BatchWrite, Action::Get, Action::Put])])
}

async fn handle(app: App<Users>, worker: Received<WorkerChanged>) -> Result<()> {
    app.index_worker(&worker).await
}
