//! DELETE /users/me/wishlist/{kind}/{id}: somebody takes something off their list.

use kernel::Result;
use users::Users;
use users::wishlist::{TargetId, WishKind};
use web::{Action, App, Caller, Function, Grant, NoContent, Path, delete};

pub fn endpoint() -> impl Function {
    delete("/users/me/wishlist/{kind}/{id}", handle)
        .user()
        .grants([Grant::Table(&[Action::Delete, Action::Put])])
        .calls(2)
}

async fn handle(
    app: App<Users>,
    caller: Caller,
    kind: Path<WishKind>,
    id: Path<TargetId>,
) -> Result<NoContent> {
    app.unwish(&caller, *kind, &id).await
}
