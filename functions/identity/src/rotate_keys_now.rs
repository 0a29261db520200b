//! On demand: signs with the next key at once. Tokens of the present one stay good.

use identity::SIGNING_KEY;
use identity::signing::{Rotated, Rotation, Wish};
use kernel::Result;
use messaging::Nothing;
use web::{Action, App, Function, Grant};

pub fn task() -> impl Function {
    messaging::task(handle)
        .grants([Grant::Sessions(&[Action::Get, Action::Update]), Grant::Secret(SIGNING_KEY)])
}

async fn handle(app: App<Rotation>, _: Nothing) -> Result<Rotated> {
    app.rotate(Wish::Now).await
}
