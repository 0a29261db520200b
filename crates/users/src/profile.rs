//! A profile: who somebody is to the others.

use kernel::text::Prose;
use std::collections::{BTreeMap, BTreeSet};

use contracts::users::ProfileChanged;
use kernel::text::{Email, Phone, Text};
use kernel::{Role, Timestamp, UserId, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Key, Record};

use crate::person::{BirthDate, Geo, HomeAddress, Name};
use crate::preferences::{Preferences, Privacy, Visibility};
use crate::search;

/// Changes that a profile remembers.
const REMEMBERED: usize = 10;
/// A link that was never used is no upload: after this long nobody waits for it.
const UPLOAD_ENDS: std::time::Duration = time::minutes(20);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Profile {
    pub id: UserId,
    pub version: u64,
    /// Identity's version of the account: older news of it are dropped.
    pub identity_version: u64,
    /// Identity's: proven by its owner once `is_verified`.
    pub email: String,
    /// The address that the owner wants instead, until it is proven.
    pub pending_email: Option<Email>,
    pub username: Option<String>,
    pub given_name: Name,
    pub family_name: Name,
    /// What the owner wants to be called; both names otherwise.
    pub nickname: Option<Text<1, 60>>,
    pub phone: Option<Phone>,
    /// Identity's: proven by a text message.
    pub verified_phone: Option<Phone>,
    pub photo: Option<Photo>,
    pub photo_status: Option<PhotoStatus>,
    pub bio: Option<Prose<0, 2000>>,
    pub date_of_birth: Option<BirthDate>,
    pub gender: Option<Text<1, 40>>,
    pub address: Option<HomeAddress>,
    pub geo: Option<Geo>,
    pub roles: BTreeSet<Role>,
    pub group_id: Option<String>,
    pub is_verified: bool,
    /// Identity lets the account in.
    pub account_active: bool,
    /// An administrator shut the account out.
    pub suspended: bool,
    pub privacy: Privacy,
    pub preferences: Preferences,
    /// The last changes by the owner or an administrator, the newest last.
    pub changes: Vec<Change>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub deleted: Option<Deleted>,
}

/// A photo that was checked and cut to size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Photo {
    /// Of the file.
    pub key: String,
    /// The file before, which goes when this one has come.
    pub replaces: Option<String>,
}

kernel::words! {
    PhotoState { Pending "pending", Ready "ready", Refused "refused" }
}

/// What became of the last upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PhotoStatus {
    pub state: PhotoState,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    pub at: Timestamp,
    /// Which upload.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub upload: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    pub at: Timestamp,
    pub what: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Deleted {
    pub at: Timestamp,
    pub erase_at: Timestamp,
}

kernel::words! {
    /// Whether somebody can be reached.
    ProfileStatus { Active "active", Inactive "inactive" }
}

impl Profile {
    pub fn key_of(id: UserId) -> Key {
        Key::new(format!("USER#{id}"), "PROFILE")
    }

    pub fn display_name(&self) -> String {
        match &self.nickname {
            Some(name) => name.to_string(),
            None => format!("{} {}", self.given_name, self.family_name),
        }
    }

    pub fn is_active(&self) -> bool {
        self.account_active && !self.suspended && !self.is_deleted()
    }

    pub fn is_deleted(&self) -> bool {
        self.deleted.is_some()
    }

    pub fn status(&self) -> ProfileStatus {
        if self.is_active() { ProfileStatus::Active } else { ProfileStatus::Inactive }
    }

    /// Whether lists show the person to everybody.
    pub fn is_public(&self) -> bool {
        self.is_active() && self.privacy.visibility == Visibility::Public
    }

    /// Where the photo is shown.
    pub fn photo_path(&self) -> Option<String> {
        self.photo.as_ref().map(|_| photo_path(self.id))
    }

    /// What became of the last upload, unless it was only announced and never came.
    pub fn photo_status(&self) -> Option<&PhotoStatus> {
        let ended = |status: &PhotoStatus| status.at + UPLOAD_ENDS < time::now();
        self.photo_status.as_ref().filter(|it| it.state != PhotoState::Pending || !ended(it))
    }

    pub fn remember(&mut self, what: &str) {
        self.updated_at = time::now();
        self.changes.push(Change { at: self.updated_at, what: what.to_owned() });
        let surplus = self.changes.len().saturating_sub(REMEMBERED);
        self.changes.drain(..surplus);
    }

    /// Where administrators find the person in lists and everybody in searches, beside the profile's own item.
    pub fn postings(&self) -> Vec<Posting> {
        if self.is_deleted() {
            return Vec::new();
        }
        let mut postings = Vec::new();
        for (role, group) in search::lists(&self.roles, self.group_id.as_deref()).skip(1) {
            let key = search::list_key(self.id, role, group, self.is_active());
            postings.push(Posting::new(self.id, &key.pk, BTreeMap::from([(2, key.clone())])));
        }
        for text in search::words_of(&self.display_name()) {
            let everybody = search::find_key(search::EVERYBODY, &text, self.id);
            let mut keys = BTreeMap::from([(3, everybody)]);
            if self.is_public() {
                keys.insert(2, search::find_key(search::PUBLIC, &text, self.id));
            }
            postings.push(Posting::new(self.id, &format!("NAME#{text}"), keys));
        }
        let contact = [Some(search::folded(&self.email)), self.phone.as_ref().map(Phone::to_string)];
        for text in contact.into_iter().flatten() {
            let keys = BTreeMap::from([(3, search::find_key(search::EVERYBODY, &text, self.id))]);
            postings.push(Posting::new(self.id, &format!("CONTACT#{text}"), keys));
        }
        postings
    }

    /// What the person counts for in the statistics.
    pub fn counts(&self) -> BTreeSet<String> {
        if self.is_deleted() {
            return BTreeSet::new();
        }
        let mut counts: BTreeSet<_> = self.roles.iter().map(|role| format!("role_{role}")).collect();
        counts.insert("total".into());
        counts.extend(self.is_verified.then(|| "verified".into()));
        counts.extend(self.is_active().then(|| "active".into()));
        counts
    }

    /// As others may know it, with the version that is being written.
    pub fn snapshot(&self, version: u64) -> ProfileChanged {
        let gone = self.is_deleted();
        ProfileChanged {
            user_id: self.id,
            version,
            display_name: if gone { String::new() } else { self.display_name() },
            photo: self.photo_path().filter(|_| !gone),
            language: self.preferences.language.to_string(),
            timezone: self.preferences.timezone.to_string(),
            active: self.is_active(),
        }
    }
}

pub fn photo_path(id: UserId) -> String {
    format!("/api/v1/users/{id}/photo")
}

impl Record for Profile {
    const KIND: &'static str = "profile";

    fn key(&self) -> Key {
        Self::key_of(self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn indexes(&self) -> Vec<(u8, Key)> {
        match &self.deleted {
            Some(deleted) => vec![(1, store::due_key(crate::erasure::ERASE, self.id, deleted.erase_at))],
            None => vec![(2, search::list_key(self.id, search::ANY, search::ANY, self.is_active()))],
        }
    }
}

/// One more place in an index where a profile is found: an item of its own, as small as can be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Posting {
    pub user_id: UserId,
    place: String,
    keys: BTreeMap<u8, (String, String)>,
}

impl Posting {
    fn new(user_id: UserId, place: &str, keys: BTreeMap<u8, Key>) -> Self {
        let keys = keys.into_iter().map(|(index, key)| (index, (key.pk, key.sk))).collect();
        Self { user_id, place: place.to_owned(), keys }
    }

    pub fn key(&self) -> Key {
        Key::new(format!("USER#{}", self.user_id), format!("POSTING#{}", self.place))
    }

    pub fn to_item(&self) -> store::Item {
        let mut item = self.key().to_item();
        item.insert("kind".into(), store::expression::text("posting"));
        item.insert("user_id".into(), store::expression::text(self.user_id));
        for (index, (pk, sk)) in &self.keys {
            item.insert(format!("gsi{index}pk"), store::expression::text(pk));
            item.insert(format!("gsi{index}sk"), store::expression::text(sk));
        }
        item
    }
}
