//! NT-5: by which channels somebody is told of which kind of thing, and how often.
//!
//! What they say here is more exact than what users' preferences say, so it comes first; where nothing is said here, those
//! hold; and where they say nothing either, the channel's default does. Quiet hours, language and time zone are users' alone.

use std::collections::BTreeMap;

use deserr::Deserr;
use kernel::time::Clock;
use kernel::{FieldErrors, Problem, Result, Timestamp, UserId, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::again;
use store::{Key, Record, Transaction};
use web::Caller;

use crate::Notifications;
use crate::known::Known;
use crate::recipient::{Choice, pk};
use crate::rules::{Channel, kind_of, kinds};

kernel::words! {
    /// How often what may wait is put together into one mail.
    Every { Never "never", Day "day", Week "week" }
}

/// What somebody has said about being told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Preferences {
    pub user_id: UserId,
    pub version: u64,
    #[serde(default)]
    pub channels: Choice,
    #[serde(default)]
    pub types: BTreeMap<String, Choice>,
    pub digest: Every,
    /// The time of day at which a digest comes; on Mondays when it comes each week.
    pub digest_at: Clock,
    pub changed_at: Timestamp,
}

impl Preferences {
    pub fn key_of(user: UserId) -> Key {
        Key::new(pk(user), "PREFERENCES")
    }

    pub fn new(user_id: UserId) -> Self {
        Self {
            user_id,
            version: 0,
            channels: Choice::default(),
            types: BTreeMap::new(),
            digest: Every::Never,
            digest_at: Clock::new(8, 0),
            changed_at: time::now(),
        }
    }
}

impl Record for Preferences {
    const KIND: &'static str = "preferences";

    fn key(&self) -> Key {
        Self::key_of(self.user_id)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

/// The whole of it; what is left out is as in users' preferences.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewPreferences {
    #[deserr(default)]
    #[schemars(default)]
    pub channels: Switches,
    /// By type, where it differs from `channels`.
    #[deserr(default)]
    #[schemars(default)]
    pub types: Vec<TypeSwitches>,
    #[deserr(default)]
    pub digest: Option<Every>,
    #[deserr(default)]
    pub digest_at: Option<Clock>,
}

#[derive(Debug, Default, Clone, Copy, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Switches {
    #[deserr(default)]
    pub in_app: Option<bool>,
    #[deserr(default)]
    pub email: Option<bool>,
    #[deserr(default)]
    pub sms: Option<bool>,
    #[deserr(default)]
    pub push: Option<bool>,
}

#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct TypeSwitches {
    /// Such as `booking_confirmed`; `GET` shows them all.
    #[deserr(rename = "type")]
    #[serde(rename = "type")]
    #[schemars(example = &"booking_confirmed")]
    pub kind: String,
    #[deserr(default)]
    pub in_app: Option<bool>,
    #[deserr(default)]
    pub email: Option<bool>,
    #[deserr(default)]
    pub sms: Option<bool>,
    #[deserr(default)]
    pub push: Option<bool>,
}

/// What holds for somebody right now.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PreferencesView {
    /// What they said here of all types.
    pub channels: Choice,
    /// Every type with the channels it has: on, or off.
    pub types: Vec<TypeView>,
    pub digest: Every,
    pub digest_at: Clock,
    /// As in users' preferences, where it is changed.
    pub timezone: String,
    /// As in users' preferences, where it is changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quiet_hours: Option<QuietView>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct QuietView {
    pub start: Clock,
    pub end: Clock,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct TypeView {
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// It cannot be switched off.
    pub mandatory: bool,
    #[serde(flatten)]
    pub channels: Choice,
}

impl PreferencesView {
    fn of(known: &Known) -> Self {
        let types = kinds().map(|kind| {
            let on = |channel| kind.channels.contains(&channel).then(|| known.wants(kind, channel));
            let channels = Choice {
                in_app: on(Channel::InApp),
                email: on(Channel::Email),
                sms: on(Channel::Sms),
                push: on(Channel::Push),
            };
            TypeView { kind: kind.name, mandatory: kind.category.is_mandatory(), channels }
        });
        let quiet = known.quiet_hours();
        Self {
            types: types.collect(),
            channels: known.preferences.channels,
            digest: known.preferences.digest,
            digest_at: known.preferences.digest_at,
            timezone: known.timezone().to_owned(),
            quiet_hours: quiet.map(|quiet| QuietView { start: quiet.start, end: quiet.end }),
        }
    }
}

impl Notifications {
    pub async fn preferences(&self, caller: &Caller) -> Result<PreferencesView> {
        self.known(caller.user_id).await.map(|known| PreferencesView::of(&known))
    }

    pub async fn set_preferences(&self, caller: &Caller, new: &NewPreferences) -> Result<PreferencesView> {
        let types = read_types(new)?;
        let Switches { in_app, email, sms, push } = new.channels;
        again(|| async {
            let mut known = self.known(caller.user_id).await?;
            let read = known.preferences.clone();
            let changed = Preferences {
                channels: Choice { in_app, email, sms, push },
                types: types.clone(),
                digest: new.digest.unwrap_or(Every::Never),
                digest_at: new.digest_at.unwrap_or(Clock::new(8, 0)),
                changed_at: time::now(),
                ..read
            };
            self.save(Transaction::new(), &changed)?.commit(&self.table).await?;
            known.preferences = changed;
            Ok(PreferencesView::of(&known))
        })
        .await
    }

    /// The next version, or the first.
    pub(crate) fn save(&self, effect: Transaction, changed: &Preferences) -> Result<Transaction> {
        match changed.version {
            0 => {
                let first = Preferences { version: 1, ..changed.clone() };
                effect.create(&self.table, &first, Problem::CONFLICT.because("Repeat your change."))
            }
            _ => effect.replace(&self.table, changed),
        }
    }
}

fn read_types(new: &NewPreferences) -> Result<BTreeMap<String, Choice>> {
    let (mut types, mut errors) = (BTreeMap::new(), FieldErrors::default());
    for (at, of) in new.types.iter().enumerate() {
        let pointer = format!("/types/{at}/type");
        match kind_of(&of.kind) {
            Err(invalid) => errors.push(pointer, invalid.0),
            Ok(kind)
                if kind.category.is_mandatory() && (of.in_app == Some(false) || of.email == Some(false)) =>
            {
                errors.push(pointer, "is about the safety of your account and cannot be switched off");
            }
            Ok(kind) => {
                let choice = Choice { in_app: of.in_app, email: of.email, sms: of.sms, push: of.push };
                if types.insert(kind.name.to_owned(), choice).is_some() {
                    errors.push(pointer, "is there twice");
                }
            }
        }
    }
    errors.or(types)
}

impl Choice {
    /// Without mails from now on.
    pub(crate) fn without_email(mut self) -> Self {
        self.email = Some(false);
        self
    }
}
