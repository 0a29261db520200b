//! Every day: signs with the next key when the present one has signed for thirty days.

use identity::SIGNING_KEY;
use identity::signing::{Rotation, Wish};
use kernel::{Result, time};
use messaging::every;
use web::{Action, App, Function, Grant};

pub fn schedule() -> impl Function {
    every(time::days(1), handle)
        .grants([Grant::Sessions(&[Action::Get, Action::Update]), Grant::Secret(SIGNING_KEY)])
}

async fn handle(app: App<Rotation>) -> Result<usize> {
    app.rotate(Wish::WhenDue).await.map(|rotated| usize::from(rotated.rotated))
}
