//! US-13 and US-31: how somebody wants to be told things, and what others may see of them.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use deserr::{
    DeserializeError, Deserr, ErrorKind, IntoValue, Map, Value, ValueKind, ValuePointerRef, take_cf_content,
};
use kernel::Result;
use kernel::text::Invalid;
use kernel::time::Clock;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use web::{Caller, Json};

use contracts::users::PreferencesUpdated;
use store::Transaction;

use crate::Users;
use crate::profile::Profile;

/// More kinds of notification than anybody will ever tell apart.
const MOST_TYPES: usize = 100;

/// What is left out goes back to its default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
#[serde(default)]
pub struct Preferences {
    #[deserr(default)]
    pub channels: Channels,
    /// By the type of a notification, where it differs from `channels`.
    #[deserr(default)]
    pub types: Types,
    #[deserr(default)]
    pub quiet_hours: QuietHours,
    #[deserr(default)]
    pub language: Language,
    #[deserr(default)]
    pub timezone: Zone,
    #[deserr(default)]
    pub theme: Theme,
}

/// By which ways somebody may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Channels {
    #[deserr(default = true)]
    #[schemars(default)]
    pub in_app: bool,
    #[deserr(default = true)]
    #[schemars(default)]
    pub email: bool,
    #[deserr(default)]
    #[schemars(default)]
    pub sms: bool,
    #[deserr(default = true)]
    #[schemars(default)]
    pub push: bool,
}

impl Default for Channels {
    fn default() -> Self {
        Self { in_app: true, email: true, sms: false, push: true }
    }
}

/// One type's own choice of channels; what is left out is as in `channels`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields, rename = "ChannelChoice")]
#[serde(default)]
pub struct Choice {
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_app: Option<bool>,
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<bool>,
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sms: Option<bool>,
    #[deserr(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push: Option<bool>,
}

/// Choices by type of notification.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Types(pub BTreeMap<String, Choice>);

// By hand: the library's own reading of maps drops what is wrong in them.
impl<E: DeserializeError> Deserr<E> for Types {
    fn deserialize_from_value<V: IntoValue>(value: Value<V>, at: ValuePointerRef<'_>) -> Result<Self, E> {
        let map = match value {
            Value::Map(map) => map,
            actual => {
                let kind = ErrorKind::IncorrectValueKind { actual, accepted: &[ValueKind::Map] };
                return Err(take_cf_content(E::error(None, kind, at)));
            }
        };
        let refuse = |errors: Option<E>, message: &str, at: ValuePointerRef<'_>| {
            let kind = ErrorKind::Unexpected { msg: message.to_owned() };
            Some(take_cf_content(E::error::<V>(errors, kind, at)))
        };
        let (mut types, mut errors) = (BTreeMap::new(), None);
        if map.len() > MOST_TYPES {
            errors = refuse(errors, &format!("may have at most {MOST_TYPES} types"), at);
        }
        for (name, choice) in map.into_iter() {
            let at = at.push_key(&name);
            match <Choice as Deserr<E>>::deserialize_from_value(choice.into_value(), at) {
                Ok(choice) if is_type(&name) => _ = types.insert(name.clone(), choice),
                Ok(_) => errors = refuse(errors, "is no type: lower case letters, digits, `.` and `_`", at),
                Err(refused) => errors = Some(take_cf_content(E::merge(errors, refused, at))),
            }
        }
        errors.map_or(Ok(Self(types)), Err)
    }
}

fn is_type(name: &str) -> bool {
    let allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || b"._".contains(&c);
    (1..=60).contains(&name.len()) && name.bytes().all(allowed)
}

impl JsonSchema for Types {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Types".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "propertyNames": {"pattern": "^[a-z0-9._]{1,60}$"},
            "maxProperties": MOST_TYPES,
            "additionalProperties": generator.subschema_for::<Choice>(),
            "examples": [{"job.application": {"sms": true}}],
        })
    }
}

/// When nothing but the urgent may disturb, in the person's own time. It may go over midnight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct QuietHours {
    pub enabled: bool,
    pub start: Clock,
    pub end: Clock,
}

impl Default for QuietHours {
    fn default() -> Self {
        Self { enabled: false, start: Clock::new(22, 0), end: Clock::new(7, 0) }
    }
}

/// A language, perhaps with its country: `en`, `de-AT` (BCP 47).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Language(String);

impl Default for Language {
    fn default() -> Self {
        Self("en".into())
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Language {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (language, country) = text.split_once('-').map_or((text, None), |(a, b)| (a, Some(b)));
        let known = (2..=3).contains(&language.len()) && language.bytes().all(|c| c.is_ascii_lowercase());
        let placed = country.is_none_or(|it| it.len() == 2 && it.bytes().all(|c| c.is_ascii_uppercase()));
        (known && placed)
            .then(|| Self(text.into()))
            .ok_or_else(|| Invalid("must be a language, like en or de-AT".into()))
    }
}

kernel::text_value!(Language, {"type": "string", "pattern": "^[a-z]{2,3}(-[A-Z]{2})?$", "examples": ["en"]});

/// A time zone by its IANA name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(String);

impl Default for Zone {
    fn default() -> Self {
        Self("UTC".into())
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Zone {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let known = jiff::tz::TimeZone::get(text).ok();
        let name = known.as_ref().and_then(jiff::tz::TimeZone::iana_name);
        name.map(|name| Self(name.to_owned()))
            .ok_or_else(|| Invalid("must be a time zone of the IANA list, like Africa/Accra".into()))
    }
}

kernel::text_value!(Zone, {"type": "string", "examples": ["Africa/Accra"]});

kernel::words! {
    /// How the client looks.
    Theme { System "system", Light "light", Dark "dark" }
}

#[allow(clippy::derivable_impls)] // the macro's enums carry no attributes of single variants
impl Default for Theme {
    fn default() -> Self {
        Self::System
    }
}

kernel::words! {
    /// Who sees the profile.
    Visibility {
        /// Everybody.
        Public "public",
        /// Only the workers whom the person bookmarked.
        Contacts "contacts",
        /// Nobody but the person and administrators.
        Private "private",
    }
}

/// What others may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Privacy {
    pub visibility: Visibility,
    #[deserr(default)]
    #[schemars(default)]
    pub show_email: bool,
    #[deserr(default)]
    #[schemars(default)]
    pub show_phone: bool,
}

impl Default for Privacy {
    fn default() -> Self {
        Self { visibility: Visibility::Public, show_email: false, show_phone: false }
    }
}

/// Everything that somebody has chosen.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Chosen {
    #[serde(flatten)]
    pub preferences: Preferences,
    pub privacy: Privacy,
}

impl Chosen {
    fn of(profile: &Profile) -> Self {
        Self { preferences: profile.preferences.clone(), privacy: profile.privacy }
    }
}

impl Users {
    pub async fn preferences(&self, caller: &Caller) -> Result<Json<Chosen>> {
        Ok(Json::new(Chosen::of(&self.own(caller.user_id).await?)))
    }

    pub async fn set_preferences(&self, caller: &Caller, new: &Preferences) -> Result<Json<Chosen>> {
        let changed = self.edit_own(caller.user_id, "preferences", |profile| {
            profile.preferences.clone_from(new);
            told(profile)
        });
        Ok(Json::new(Chosen::of(&changed.await?)))
    }

    pub async fn privacy(&self, caller: &Caller) -> Result<Json<Privacy>> {
        Ok(Json::new(self.own(caller.user_id).await?.privacy))
    }

    pub async fn set_privacy(&self, caller: &Caller, new: Privacy) -> Result<Json<Privacy>> {
        let changed = self.edit_own(caller.user_id, "privacy", |profile| {
            profile.privacy = new;
            told(profile)
        });
        Ok(Json::new(changed.await?.privacy))
    }
}

fn told(profile: &Profile) -> Result<Transaction> {
    let preferences = serde_json::to_value(Chosen::of(profile)).map_err(kernel::Failure::internal)?;
    Transaction::new().publish(&PreferencesUpdated { user_id: profile.id, preferences })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::FieldErrors;
    use serde_json::json;

    fn read(body: serde_json::Value) -> Result<Preferences, FieldErrors> {
        deserr::deserialize::<Preferences, _, FieldErrors>(body)
    }

    #[test]
    fn what_is_left_out_is_the_default() {
        assert_eq!(read(json!({})).unwrap(), Preferences::default());
        let dark = read(json!({"theme": "dark", "channels": {"sms": true}})).unwrap();
        assert!(dark.channels.email && dark.channels.sms && dark.theme == Theme::Dark);
    }

    #[test]
    fn every_broken_field_of_every_type_is_named() {
        let errors = read(json!({
            "types": {"job.application": {"sms": 1, "fax": true}, "No Type": {}},
            "timezone": "Middle-earth/Shire",
            "language": "english",
            "quiet_hours": {"enabled": true, "start": "24:00", "end": "07:00"},
        }));
        let mut pointers: Vec<_> = errors.unwrap_err().0.into_iter().map(|error| error.pointer).collect();
        pointers.sort_unstable();
        assert_eq!(
            pointers,
            [
                "/language",
                "/quiet_hours/start",
                "/timezone",
                "/types/No Type",
                "/types/job.application/fax",
                "/types/job.application/sms",
            ]
        );
    }

    #[test]
    fn a_time_zone_is_known_by_the_name_of_the_list() {
        assert_eq!("africa/accra".parse::<Zone>().unwrap().to_string(), "Africa/Accra");
        assert_eq!("UTC".parse::<Zone>().unwrap(), Zone::default());
        assert!("America/Argentina/Buenos_Aires".parse::<Zone>().is_ok());
        for text in ["", "accra", "Africa/", "Africa/Accra\n", "../etc/passwd"] {
            assert!(text.parse::<Zone>().is_err(), "{text}");
        }
    }
}
