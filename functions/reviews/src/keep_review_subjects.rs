//! Queue keep-review-subjects: keeps what can be reviewed and who may see it, as tours and users tell it.
//!
//! What is said of a secret tour, a trek that is not on sale or a worker in no list is shown to those only who may see
//! the thing itself; of what is deleted, nothing is shown.

use kernel::Result;
use messaging::{Received, on_event};
use reviews::Reviews;
use reviews::subject::SubjectTold;
use web::{App, Function};

pub fn consumer() -> impl Function {
    on_event("keep-review-subjects", handle)
}

async fn handle(app: App<Reviews>, told: Received<SubjectTold>) -> Result<()> {
    app.keep_subject(&told).await
}
