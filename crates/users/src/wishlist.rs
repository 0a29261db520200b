//! US-17: what somebody wants to come back to.

use std::fmt;
use std::str::FromStr;

use crate::{Lists, Users};
use contracts::users::WishlistChanged;
use deserr::Deserr;
use kernel::page::{Page, PageRequest};
use kernel::query::{Parameter, Parameters, Params};
use kernel::text::Invalid;
use kernel::{Failure, Problem, Result, Timestamp, UserId, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Key, Listing, Record, Transaction};
use web::{Caller, Created, Json, NoContent, Once};

pub const ALREADY_LISTED: Problem = Problem::new("already-listed", 409, "It is on the list already");

kernel::words! {
    /// What can be wished for.
    WishKind { Trek "trek", Tour "tour", Product "product", Job "job", Worker "worker" }
}

/// The id of what is wished for; another context knows what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetId(String);

impl fmt::Display for TargetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for TargetId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let allowed = |c: u8| c.is_ascii_alphanumeric() || b"-_".contains(&c);
        ((1..=64).contains(&text.len()) && text.bytes().all(allowed))
            .then(|| Self(text.into()))
            .ok_or_else(|| Invalid("must be an id: 1 to 64 letters, digits, `-` and `_`".into()))
    }
}

kernel::text_value!(TargetId, {
    "type": "string",
    "pattern": "^[A-Za-z0-9_-]{1,64}$",
    "examples": ["01JD2QK8N4M5V6W7X8Y9ZABCDE"]
});

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Wish {
    pub user_id: UserId,
    pub kind_of: WishKind,
    pub target_id: TargetId,
    pub created_at: Timestamp,
}

impl Wish {
    const PREFIX: &str = "WISH#";

    pub fn key_of(user: UserId, kind: WishKind, target: &str) -> Key {
        Key::new(format!("USER#{user}"), format!("{}{kind}#{target}", Self::PREFIX))
    }
}

impl Record for Wish {
    const KIND: &'static str = "wish";

    fn key(&self) -> Key {
        Self::key_of(self.user_id, self.kind_of, &self.target_id.to_string())
    }
}

#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewWish {
    pub kind: WishKind,
    pub target_id: TargetId,
}

/// Something on the list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct WishView {
    pub kind: WishKind,
    pub target_id: TargetId,
    pub created_at: Timestamp,
}

impl From<Wish> for WishView {
    fn from(wish: Wish) -> Self {
        Self { kind: wish.kind_of, target_id: wish.target_id, created_at: wish.created_at }
    }
}

/// The list, or one kind of it.
#[derive(Debug)]
pub struct WishQuery {
    pub kind: Option<WishKind>,
    pub page: PageRequest,
}

impl Parameters for WishQuery {
    fn take(params: &mut Params) -> Self {
        Self { kind: params.take_as("kind"), page: PageRequest::take(params) }
    }

    fn parameters() -> Vec<Parameter> {
        let kinds: Vec<_> = WishKind::ALL.iter().map(|kind| kind.name()).collect();
        let kind = Parameter::new("kind", "Only this kind.", json!({"type": "string", "enum": kinds}));
        std::iter::once(kind).chain(PageRequest::parameters()).collect()
    }
}

impl Users {
    pub async fn wish(&self, caller: &Caller, once: Once, new: &NewWish) -> Result<Created<WishView>> {
        self.own(caller.user_id).await?;
        let wish = Wish {
            user_id: caller.user_id,
            kind_of: new.kind,
            target_id: new.target_id.clone(),
            created_at: time::now(),
        };
        let effect = Transaction::new()
            .create(&self.table, &wish, ALREADY_LISTED.because("Nothing has to be done."))?
            .publish(&told(caller.user_id, new.kind, &new.target_id, true))?;
        let location = format!("/api/v1/users/me/wishlist/{}/{}", new.kind, new.target_id);
        once.commit(&self.table, effect, Created { location, body: wish.into() }).await
    }

    pub async fn unwish(&self, caller: &Caller, kind: WishKind, target: &TargetId) -> Result<NoContent> {
        let key = Wish::key_of(caller.user_id, kind, &target.to_string());
        let effect =
            Transaction::new().remove(&self.table, &key, Failure::not_found("thing on your list"))?;
        effect.publish(&told(caller.user_id, kind, target, false))?.commit(&self.table).await?;
        Ok(NoContent)
    }
}

fn told(user_id: UserId, kind: WishKind, target: &TargetId, listed: bool) -> WishlistChanged {
    WishlistChanged { user_id, kind: kind.to_string(), target_id: target.to_string(), listed }
}

impl Lists {
    pub async fn wishlist(&self, caller: &Caller, query: &WishQuery) -> Result<Json<Page<WishView>>> {
        self.users.own(caller.user_id).await?;
        let pk = format!("USER#{}", caller.user_id);
        let prefix = query.kind.map_or(Wish::PREFIX.into(), |kind| format!("{}{kind}#", Wish::PREFIX));
        let listing = Listing { index: None, pk: &pk, prefix: &prefix, newest_first: false };
        let page = self.pager.page::<Wish>(&self.users.table, listing, &query.page).await?;
        Ok(Json::new(page.map(WishView::from)))
    }
}
