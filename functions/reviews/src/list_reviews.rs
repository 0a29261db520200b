//! GET /reviews: a member looks through reviews: all of them, those of one subject, or those of one author.
//!
//! Filtered by `rating`, sorted by `rating` or `created_at`; numbered pages lead to the first thousand, cursors to the end.
//! One's own are among them before they are published. What is said of a secret tour is there for those only who may see the
//! tour, so a page may hold fewer than `limit` before the last one.

use kernel::results::{Results, Shown};
use kernel::{Problem, Result};
use reviews::list::{AllReviewsQuery, Reader};
use reviews::review::ReviewView;
use web::{Action, App, Caller, Function, Grant, Json, Query, get};

pub fn endpoint() -> impl Function {
    get("/reviews", handle)
        .user()
        .problems([Problem::NOT_FOUND])
        .grants([Grant::Cursors, Grant::Table(&[Action::BatchGet, Action::Query])])
        .calls(7)
}

async fn handle(
    app: App<Reader>,
    caller: Caller,
    query: Query<AllReviewsQuery>,
) -> Result<Json<Results<Shown<ReviewView>>>> {
    app.all(&caller, &query).await.map(Json::new)
}
