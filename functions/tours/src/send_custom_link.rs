//! POST /treks/{id}/send-custom-link: an administrator has the link of a trek mailed to whom it was made for.
//!
//! The same link is mailed to the same address once a day, however often it is asked for.

use kernel::{Result, Role};
use tours::trek::TrekId;
use tours::trek::invite::{Invited, Inviter, NOT_CUSTOM, NewInvite};
use tours::trek::show::LINK_EXPIRED;
use tours::{INVITING, READS};
use web::{Accepted, App, Body, Caller, Function, Once, Path, post};

pub fn endpoint() -> impl Function {
    post("/treks/{id}/send-custom-link", handle)
        .roles([Role::Admin])
        .limit(INVITING)
        .problems([NOT_CUSTOM, LINK_EXPIRED])
        .grants([READS])
        .calls(3)
}

async fn handle(
    app: App<Inviter>,
    _: Caller,
    once: Once,
    id: Path<TrekId>,
    body: Body<NewInvite>,
) -> Result<Accepted<Invited>> {
    app.invite(once, *id, &body).await
}
