//! The words of notifications: files of the context, in every language it speaks, and an administrator's own in their place.

pub mod admin;
pub mod engine;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use kernel::{Result, Timestamp, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::{Key, Record, Table};

kernel::words! {
    /// A language that every template exists in.
    Locale { En "en", De "de" }
}

impl Locale {
    /// What comes nearest to a language as people choose it (`de-AT`).
    pub fn nearest(language: Option<&str>) -> Self {
        let language = language.unwrap_or_default().split('-').next().unwrap_or_default();
        language.parse().unwrap_or(Self::En)
    }
}

/// The parts of a template, each in the template language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Wording {
    /// Of the mail, and the title everywhere else.
    pub subject: String,
    /// One sentence: for the app, a phone's screen, a text message.
    pub short: String,
    pub text: String,
    pub html: String,
}

macro_rules! built_in {
    ($($key:literal)*) => {
        /// Every template's name and, by language, its text and its HTML.
        const BUILT_IN: &[(&str, [(&str, &str); 2])] = &[$((
            $key,
            [
                (
                    include_str!(concat!("../../templates/en/", $key, ".txt")),
                    include_str!(concat!("../../templates/en/", $key, ".html")),
                ),
                (
                    include_str!(concat!("../../templates/de/", $key, ".txt")),
                    include_str!(concat!("../../templates/de/", $key, ".html")),
                ),
            ],
        ),)*];
    };
}

built_in! {
    "welcome"
    "password_changed"
    "mfa_enabled"
    "mfa_disabled"
    "account_locked"
    "role_changed"
    "email_changed"
    "session_ended"
    "phone_verified"
    "certificate_status"
    "booking_created"
    "booking_partially_paid"
    "booking_paid"
    "booking_confirmed"
    "booking_updated"
    "booking_rescheduled"
    "booking_cancelled"
    "booking_restored"
    "booking_expired"
    "participant_cancelled"
    "request_created"
    "request_approved"
    "request_declined"
    "balance_reminder"
    "trip_reminder"
    "participants_reminder"
    "payment_received"
    "payment_failed"
    "refund_paid"
    "review_invite"
    "review_approved"
    "review_rejected"
    "review_responded"
    "review_received"
    "custom_trek_link"
    "invoice"
    "participant_confirmation"
    "participant_cancellation"
    "digest"
}

/// What stands around the body of every mail.
const LAYOUTS: [(&str, &str); 2] = [
    (include_str!("../../templates/en/layout.txt"), include_str!("../../templates/en/layout.html")),
    (include_str!("../../templates/de/layout.txt"), include_str!("../../templates/de/layout.html")),
];

/// Example values of every template's variables; their names are the ones that a template may use.
static SAMPLES: LazyLock<BTreeMap<String, Map<String, Value>>> = LazyLock::new(|| {
    // A test reads it, so that it can be read.
    serde_json::from_str(include_str!("../../templates/samples.json")).unwrap_or_default()
});

/// What every template may use beside its own variables.
pub const COMMON: [&str; 1] = ["given_name"];

/// The names of all templates, in the order of the table of rules.
pub fn keys() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(key, _)| *key)
}

pub fn sample(key: &str) -> Map<String, Value> {
    SAMPLES.get(key).cloned().unwrap_or_default()
}

/// The words that come with the context.
pub fn built_in(key: &str, locale: Locale) -> Option<Wording> {
    let (_, forms) = BUILT_IN.iter().find(|(known, _)| *known == key)?;
    let (text, html) = forms[locale as usize];
    let (head, text) = text.split_once("\n\n")?;
    let mut head = head.lines();
    let subject = head.next()?.strip_prefix("Subject: ")?.to_owned();
    let short = head.next()?.strip_prefix("Short: ")?.to_owned();
    Some(Wording { subject, short, text: text.to_owned(), html: html.to_owned() })
}

fn layout(locale: Locale) -> (&'static str, &'static str) {
    LAYOUTS[locale as usize]
}

/// An administrator's own words in place of the built-in ones. Every version stays, the newest counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Override {
    pub key: String,
    pub locale: Locale,
    pub version: u64,
    #[serde(flatten)]
    pub wording: Wording,
    pub changed_by: UserId,
    pub changed_at: Timestamp,
}

impl Override {
    fn pk(key: &str, locale: Locale) -> String {
        format!("TEMPLATE#{key}#{locale}")
    }

    pub fn key_of(key: &str, locale: Locale) -> Key {
        Key::new(Self::pk(key, locale), "TEMPLATE")
    }
}

impl Record for Override {
    const KIND: &'static str = "template";

    fn key(&self) -> Key {
        Self::key_of(&self.key, self.locale)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

/// A version as it was, for who wants to go back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
struct Past(Override);

impl Record for Past {
    const KIND: &'static str = "template-version";

    fn key(&self) -> Key {
        let Override { key, locale, version, .. } = &self.0;
        Key::new(Override::pk(key, *locale), format!("VERSION#{version:010}"))
    }
}

/// The words that count now.
pub async fn wording(table: &Table, key: &str, locale: Locale) -> Result<Wording> {
    let own: Option<Override> = table.peek(&Override::key_of(key, locale)).await?;
    own.map(|own| own.wording)
        .or_else(|| built_in(key, locale))
        .ok_or_else(|| kernel::Failure::internal(format!("there is no template {key}")))
}

#[cfg(test)]
mod tests {
    use super::engine::{Setting, check, render};
    use super::*;

    #[test]
    fn every_kind_has_its_words_in_every_language_and_every_template_a_kind() {
        let kinds: Vec<_> = crate::rules::kinds().map(|kind| kind.name).collect();
        for key in keys() {
            assert!(kinds.contains(&key), "{key} is no kind");
            assert!(SAMPLES.contains_key(key), "{key} has no sample");
        }
        for kind in kinds {
            for locale in Locale::ALL {
                assert!(built_in(kind, *locale).is_some(), "{kind} in {locale}");
            }
        }
    }

    #[test]
    fn every_template_says_something_and_uses_only_what_it_may() {
        for key in keys() {
            for locale in Locale::ALL {
                let wording = built_in(key, *locale).unwrap();
                check(key, &wording).unwrap_or_else(|why| panic!("{key} in {locale}: {why:?}"));
                let mut context = sample(key);
                context.insert("given_name".into(), "Ada".into());
                let setting =
                    Setting { locale: *locale, timezone: "Europe/Berlin", unsubscribe: Some("https://x") };
                let said = render(&wording, &context, setting).unwrap_or_else(|why| panic!("{key}: {why}"));
                for part in [&said.subject, &said.short, &said.text, &said.html] {
                    assert!(
                        !part.trim().is_empty() && !part.contains("none") && !part.contains("{{"),
                        "{part}"
                    );
                }
                assert!(said.text.contains("Ada") && said.html.contains("</html>"), "{}", said.html);
                // Without what is optional it says something, too.
                let bare = render(&wording, &bare(key), setting);
                assert!(bare.is_ok(), "{key} in {locale}: {bare:?}");
            }
        }
    }

    /// Every optional variable left out: those that templates ask for with `if` or `or`.
    fn bare(key: &str) -> Map<String, Value> {
        let optional =
            ["balance_due_at", "reason", "answer", "note", "subject_name", "until", "trek_name", "amount"];
        let mut context = sample(key);
        let locked = key == "account_locked";
        context.retain(|name, value| value.is_number() || locked || !optional.contains(&name.as_str()));
        context
    }
}
