//! What others see of somebody, and whether they see anything.

use kernel::text::Prose;
use std::collections::BTreeSet;

use kernel::text::Phone;
use kernel::{Failure, Result, Role, Timestamp, UserId};
use schemars::JsonSchema;
use serde::Serialize;
use store::Record;
use web::Caller;

use crate::Users;
use crate::blocks::Block;
use crate::preferences::Visibility;
use crate::profile::{Profile, ProfileStatus};
use crate::wishlist::{Wish, WishKind};

/// What somebody shows to others.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Card {
    pub id: UserId,
    pub display_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub photo: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bio: Option<Prose<0, 2000>>,
    pub roles: BTreeSet<Role>,
    pub is_verified: bool,
    pub status: ProfileStatus,
    /// Only where the person shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Only where the person shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    pub created_at: Timestamp,
}

impl From<&Profile> for Card {
    fn from(profile: &Profile) -> Self {
        let privacy = profile.privacy;
        Self {
            id: profile.id,
            display_name: profile.display_name(),
            photo: profile.photo_path(),
            bio: profile.bio.clone(),
            roles: profile.roles.clone(),
            is_verified: profile.is_verified,
            status: profile.status(),
            email: privacy.show_email.then(|| profile.email.clone()),
            phone: profile.phone.clone().filter(|_| privacy.show_phone),
            created_at: profile.created_at,
        }
    }
}

impl Users {
    /// The profile, if the viewer may see somebody of that id: hidden, blocked and unknown are the same 404.
    pub(crate) async fn seen(&self, viewer: Option<&Caller>, id: UserId) -> Result<Profile> {
        let mut keys = vec![Profile::key_of(id)];
        if let Some(viewer) = viewer {
            keys.push(Block::key_of(id, viewer.user_id));
            keys.push(Wish::key_of(id, WishKind::Worker, &viewer.user_id.to_string()));
        }
        let mut items = self.table.items(&keys, true).await?;
        let nobody = || Failure::not_found("user");
        let profile = Profile::from_item(items.remove(&keys[0]).ok_or_else(nobody)?)?;
        let blocked = keys.get(1).is_some_and(|key| items.contains_key(key));
        let bookmarked = keys.get(2).is_some_and(|key| items.contains_key(key));
        let shown = match profile.privacy.visibility {
            _ if viewer.is_some_and(|viewer| viewer.owns(id)) => !profile.is_deleted(),
            _ if blocked || !profile.is_active() => false,
            Visibility::Public => true,
            Visibility::Contacts => bookmarked,
            Visibility::Private => false,
        };
        if shown { Ok(profile) } else { Err(nobody()) }
    }
}
