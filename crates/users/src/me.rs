//! US-1, US-2, US-6, US-7: profiles as they are read and changed.

use contracts::users::EmailChangeRequested;
use deserr::{Deserr, IntoValue, Value, ValuePointerRef};
use kernel::text::Prose;
use kernel::text::{Email, Phone, Text};
use kernel::{Failure, FieldErrors, Problem, Result, Role, Timestamp, UserId};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use store::Transaction;
use web::{Caller, Eventual, Json};

use crate::Users;
use crate::card::Card;
use crate::person::{BirthDate, Geo, HomeAddress, Name};
use crate::preferences::{Preferences, Privacy};
use crate::profile::{PhotoStatus, Profile, ProfileStatus};

/// A whole profile, for its owner and for administrators.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "OwnProfile")]
pub struct Me {
    pub id: UserId,
    pub display_name: String,
    pub given_name: Name,
    pub family_name: Name,
    pub email: String,
    /// The address that replaces it as soon as its owner has proven it: a code was sent there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending_email: Option<Email>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    pub phone_verified: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub photo: Option<String>,
    /// What became of the last upload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub photo_status: Option<PhotoStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bio: Option<Prose<0, 2000>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_of_birth: Option<BirthDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<Text<1, 40>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<HomeAddress>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub geo: Option<Geo>,
    pub roles: Vec<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<String>,
    pub is_verified: bool,
    pub is_active: bool,
    pub status: ProfileStatus,
    pub privacy: Privacy,
    pub preferences: Preferences,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl From<Profile> for Me {
    fn from(profile: Profile) -> Self {
        Self {
            display_name: profile.display_name(),
            photo: profile.photo_path(),
            photo_status: profile.photo_status().map(|status| PhotoStatus { upload: None, ..status.clone() }),
            is_active: profile.is_active(),
            status: profile.status(),
            phone_verified: profile.phone.is_some() && profile.phone == profile.verified_phone,
            id: profile.id,
            given_name: profile.given_name,
            family_name: profile.family_name,
            email: profile.email,
            pending_email: profile.pending_email,
            username: profile.username,
            phone: profile.phone,
            bio: profile.bio,
            date_of_birth: profile.date_of_birth,
            gender: profile.gender,
            address: profile.address,
            geo: profile.geo,
            roles: profile.roles.into_iter().collect(),
            group_id: profile.group_id,
            is_verified: profile.is_verified,
            privacy: profile.privacy,
            preferences: profile.preferences,
            created_at: profile.created_at,
            updated_at: profile.updated_at,
        }
    }
}

/// A field of a change: left out, `null` to clear it, or a new value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Patch<T> {
    #[default]
    Keep,
    Clear,
    Set(T),
}

impl<T: Clone> Patch<T> {
    fn apply(&self, to: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *to = None,
            Self::Set(value) => *to = Some(value.clone()),
        }
    }
}

impl<T: Deserr<FieldErrors>> Deserr<FieldErrors> for Patch<T> {
    fn deserialize_from_value<V: IntoValue>(
        value: Value<V>,
        at: ValuePointerRef<'_>,
    ) -> Result<Self, FieldErrors> {
        match value {
            Value::Null => Ok(Self::Clear),
            value => T::deserialize_from_value(value, at).map(Self::Set),
        }
    }
}

impl<T: JsonSchema> JsonSchema for Patch<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("{}Patch", T::schema_name()).into()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        format!("{}::Patch<{}>", module_path!(), T::schema_id()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Option<T>>()
    }
}

/// What is left out stays as it is; `null` clears what may be empty.
#[derive(Debug, Default, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct ProfilePatch {
    #[deserr(default)]
    pub given_name: Option<Text<1, 50>>,
    #[deserr(default)]
    pub family_name: Option<Text<1, 50>>,
    /// What to be called; cleared, it is both names.
    #[deserr(default)]
    #[schemars(default)]
    pub display_name: Patch<Text<1, 60>>,
    #[deserr(default)]
    #[schemars(default)]
    pub phone: Patch<Phone>,
    #[deserr(default)]
    #[schemars(default)]
    pub bio: Patch<Prose<0, 2000>>,
    #[deserr(default)]
    #[schemars(default)]
    pub date_of_birth: Patch<BirthDate>,
    #[deserr(default)]
    #[schemars(default)]
    pub gender: Patch<Text<1, 40>>,
    #[deserr(default)]
    #[schemars(default)]
    pub address: Patch<HomeAddress>,
    #[deserr(default)]
    #[schemars(default)]
    pub geo: Patch<Geo>,
    /// It is sent a code, and replaces the present one when that was proven. Needs a sign-in of the last minutes.
    #[deserr(default)]
    pub email: Option<Email>,
}

impl ProfilePatch {
    fn check(&self) -> Result<()> {
        let mut errors = FieldErrors::default();
        if let Patch::Set(geo) = self.geo {
            geo.check("/geo", &mut errors);
        }
        errors.or(())
    }

    fn apply(&self, profile: &mut Profile) -> Result<Transaction> {
        let mut effect = Transaction::new();
        let name = |text: &Text<1, 50>| text.as_str().parse::<Name>().map_err(Failure::internal);
        if let Some(given) = &self.given_name {
            profile.given_name = name(given)?;
        }
        if let Some(family) = &self.family_name {
            profile.family_name = name(family)?;
        }
        self.display_name.apply(&mut profile.nickname);
        self.phone.apply(&mut profile.phone);
        self.bio.apply(&mut profile.bio);
        self.date_of_birth.apply(&mut profile.date_of_birth);
        self.gender.apply(&mut profile.gender);
        self.address.apply(&mut profile.address);
        self.geo.apply(&mut profile.geo);
        if let Some(email) = self.email.as_ref().filter(|email| email.as_str() != profile.email) {
            profile.pending_email = Some(email.clone());
            let asked = EmailChangeRequested { user_id: profile.id, email: email.to_string() };
            effect = effect.publish(&asked)?;
        }
        Ok(effect)
    }

    /// What its owner reads in the list of changes.
    fn what(&self) -> &'static str {
        if self.email.is_some() { "profile, new e-mail address asked for" } else { "profile" }
    }
}

impl Users {
    /// The caller's own profile. That of a new account may still be on its way.
    pub async fn me(&self, caller: &Caller) -> Result<Eventual<Me>> {
        Ok(match self.awaited(caller.user_id).await? {
            Some(profile) => Eventual::Ready(Box::new(profile.into())),
            None => Eventual::Pending { location: "/api/v1/users/me".into() },
        })
    }

    pub async fn change_me(&self, caller: &Caller, patch: &ProfilePatch) -> Result<Json<Me>> {
        self.change_user(caller, caller.user_id, patch).await
    }

    /// By its owner or an administrator.
    pub async fn change_user(&self, caller: &Caller, id: UserId, patch: &ProfilePatch) -> Result<Json<Me>> {
        if !caller.owns(id) {
            return Err(self.not_yours(caller, id).await);
        }
        patch.check()?;
        if patch.email.is_some() {
            // Whoever gets the address gets the account.
            caller.must_be_fresh()?;
        }
        let change = |profile: &mut Profile| patch.apply(profile);
        let changed = match caller.user_id == id {
            true => self.edit_own(id, patch.what(), change).await?,
            false => self.edit(id, patch.what(), change).await?,
        };
        Ok(Json::new(changed.into()))
    }

    /// Whoever may see the profile hears that it is not theirs; the others, that there is none.
    async fn not_yours(&self, caller: &Caller, id: UserId) -> Failure {
        match self.seen(Some(caller), id).await {
            Ok(_) => Problem::FORBIDDEN.because("Only its owner and administrators change a profile."),
            Err(failure) => failure,
        }
    }

    /// The whole profile for its owner and administrators, the card for others.
    pub async fn user(&self, caller: &Caller, id: UserId) -> Result<Json<Seen>> {
        if caller.owns(id) {
            let profile = self.existing(id).await?;
            return Ok(Json::new(Seen::Whole(Box::new(profile.into()))));
        }
        let profile = self.seen(Some(caller), id).await?;
        Ok(Json::new(Seen::Card(Box::new(Card::from(&profile)))))
    }
}

/// A profile as far as the caller may see it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Seen {
    Whole(Box<Me>),
    Card(Box<Card>),
}
