//! Queue keep-review-authors: keeps what people who write are called, as users tells it.

use contracts::users::ProfileChanged;
use kernel::Result;
use messaging::{Received, on_event};
use reviews::Reviews;
use web::{App, Function};

pub fn consumer() -> impl Function {
    on_event("keep-review-authors", handle)
}

async fn handle(app: App<Reviews>, told: Received<ProfileChanged>) -> Result<()> {
    app.keep_person(&told).await
}
