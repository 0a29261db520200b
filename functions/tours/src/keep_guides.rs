//! Queue keep-guides: keeps who may be shown as a guide, as identity and users tell it.

use kernel::Result;
use messaging::{Received, on_event};
use tours::Tours;
use tours::guide::PersonTold;
use web::{Action, App, Function, Grant};

pub fn consumer() -> impl Function {
    on_event("keep-guides", handle).grants([Grant::Table(&[Action::Update])])
}

async fn handle(app: App<Tours>, told: Received<PersonTold>) -> Result<()> {
    app.keep_guide(&told).await
}
