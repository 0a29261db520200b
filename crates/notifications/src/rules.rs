//! Who is told what, and how: the one table.
//!
//! A template of the same name has the words; the fields of the event are its variables.

use kernel::text::Invalid;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A way to tell somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    InApp,
    Email,
    Sms,
    Push,
}

impl Channel {
    pub const ALL: [Self; 4] = [Self::InApp, Self::Email, Self::Sms, Self::Push];

    /// Where nobody has said anything: as users' preferences begin.
    pub fn by_default(self) -> bool {
        self != Self::Sms
    }
}

/// What a notification is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    Security,
    Account,
    Booking,
    Payment,
    Reminder,
    Review,
    Digest,
}

impl Category {
    /// What nobody can switch off: whoever took over an account would do that first.
    pub fn is_mandatory(self) -> bool {
        self == Self::Security
    }

    /// What a digest may hold back: nothing about money or the safety of an account.
    pub fn may_wait(self) -> bool {
        matches!(self, Self::Account | Self::Booking | Self::Review)
    }
}

/// One kind of notification: what people switch on and off, and the name of its template.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    pub name: &'static str,
    pub category: Category,
    pub channels: &'static [Channel],
    /// Goes out in quiet hours, too, and is in no digest.
    pub urgent: bool,
}

impl Kind {
    /// Whether it goes out at once, whatever the hour.
    pub fn is_pressing(&self) -> bool {
        self.urgent || self.category.is_mandatory()
    }
}

/// An event, whom it concerns, and what they are told.
#[derive(Debug)]
pub struct Rule {
    /// The type of the event.
    pub event: &'static str,
    /// Only when this field of it has this value.
    pub only: Option<(&'static str, Value)>,
    /// The field that names the person.
    pub who: &'static str,
    pub kind: Kind,
    /// What it is about: its kind and the field with its id.
    pub entity: Option<(&'static str, &'static str)>,
}

/// The value of a field that makes a rule hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    Text(&'static str),
    Is(bool),
}

const fn rule(
    event: &'static str,
    name: &'static str,
    category: Category,
    channels: &'static [Channel],
) -> Rule {
    let kind = Kind { name, category, channels, urgent: false };
    Rule { event, only: None, who: "user_id", kind, entity: None }
}

impl Rule {
    const fn only(mut self, field: &'static str, value: &'static str) -> Self {
        self.only = Some((field, Value::Text(value)));
        self
    }

    const fn when(mut self, field: &'static str, value: bool) -> Self {
        self.only = Some((field, Value::Is(value)));
        self
    }

    const fn to(mut self, who: &'static str) -> Self {
        self.who = who;
        self
    }

    const fn about(mut self, kind: &'static str, field: &'static str) -> Self {
        self.entity = Some((kind, field));
        self
    }

    const fn urgent(mut self) -> Self {
        self.kind.urgent = true;
        self
    }

    const fn booking(self) -> Self {
        self.about("booking", "booking_id")
    }

    const fn review(self) -> Self {
        self.about("review", "review_id")
    }

    fn holds(&self, data: &serde_json::Value) -> bool {
        match self.only {
            None => true,
            Some((field, Value::Text(text))) => data[field] == text,
            Some((field, Value::Is(is))) => data[field] == is,
        }
    }
}

use Category::{Account, Booking, Digest, Payment, Reminder, Review, Security};
use Channel::{Email, InApp, Push, Sms};

/// Where only the app shows it.
const APP: &[Channel] = &[InApp];
const APP_PUSH: &[Channel] = &[InApp, Push];
const APP_MAIL: &[Channel] = &[InApp, Email];
const ALL: &[Channel] = &[InApp, Email, Push];
const ALL_SMS: &[Channel] = &[InApp, Email, Sms, Push];
const MAIL: &[Channel] = &[Email];

/// A mail that identity sends by itself (codes, links, "your account is locked") has no row with `Email` here.
#[rustfmt::skip]
pub static RULES: &[Rule] = &[
    rule("identity.user.verified",               "welcome",               Account,  APP_MAIL),
    rule("identity.user.role_changed",           "role_changed",          Account,  APP_MAIL),
    rule("identity.user.email_changed",          "email_changed",         Security, APP),
    rule("identity.user.locked",                 "account_locked",        Security, APP),
    rule("identity.password.changed",            "password_changed",      Security, APP_MAIL),
    rule("identity.mfa.enabled",                 "mfa_enabled",           Security, APP_MAIL),
    rule("identity.mfa.disabled",                "mfa_disabled",          Security, APP_MAIL),
    rule("identity.token.reuse_detected",        "session_ended",         Security, APP_MAIL),
    rule("identity.phone.verified",              "phone_verified",        Security, APP_MAIL),
    rule("users.certificate.status_changed",     "certificate_status",    Account,  ALL).about("certificate", "certificate_id"),

    rule("bookings.booking.created",             "booking_created",       Booking,  APP).booking(),
    rule("bookings.booking.partially_paid",      "booking_partially_paid", Booking, ALL).booking(),
    rule("bookings.booking.paid",                "booking_paid",          Booking,  ALL).booking(),
    rule("bookings.booking.confirmed",           "booking_confirmed",     Booking,  ALL).booking(),
    rule("bookings.booking.updated",             "booking_updated",       Booking,  ALL).booking(),
    rule("bookings.booking.rescheduled",         "booking_rescheduled",   Booking,  ALL_SMS).booking(),
    rule("bookings.booking.cancelled",           "booking_cancelled",     Booking,  ALL_SMS).booking(),
    rule("bookings.booking.restored",            "booking_restored",      Booking,  ALL).booking(),
    rule("bookings.booking.expired",             "booking_expired",       Booking,  ALL).booking(),
    rule("bookings.participant.cancelled",       "participant_cancelled", Booking,  ALL).booking(),
    rule("bookings.request.created",             "request_created",       Booking,  APP).booking(),
    rule("bookings.request.resolved",            "request_approved",      Booking,  ALL).when("approved", true).booking(),
    rule("bookings.request.resolved",            "request_declined",      Booking,  ALL).when("approved", false).booking(),
    rule("bookings.reminder.due",                "balance_reminder",      Reminder, ALL_SMS).only("reminder", "balance").booking(),
    rule("bookings.reminder.due",                "trip_reminder",         Reminder, ALL_SMS).only("reminder", "trip").booking(),
    rule("bookings.reminder.due",                "participants_reminder", Reminder, ALL).only("reminder", "participants").booking(),

    rule("payments.payment.succeeded",           "payment_received",      Payment,  ALL).about("payment", "payment_id"),
    rule("payments.payment.failed",              "payment_failed",        Payment,  APP_PUSH).about("payment", "payment_id").urgent(),
    rule("payments.refund.succeeded",            "refund_paid",           Payment,  ALL).when("complete", true).about("refund", "refund_id"),

    rule("reviews.invite.due",                   "review_invite",         Review,   APP_MAIL).about("subject", "subject_id"),
    rule("reviews.review.approved",              "review_approved",       Review,   APP).to("author_id").review(),
    rule("reviews.review.rejected",              "review_rejected",       Review,   APP_MAIL).to("author_id").review(),
    rule("reviews.review.responded",             "review_responded",      Review,   ALL).to("author_id").review(),
    rule("reviews.review.created",               "review_received",       Review,   ALL).to("reviewee_id").when("visible", true).review(),
];

const fn kind(name: &'static str, category: Category, channels: &'static [Channel]) -> Kind {
    Kind { name, category, channels, urgent: false }
}

/// What other contexts ask for by `notifications.send`, and the digest.
#[rustfmt::skip]
pub static ASKED: &[Kind] = &[
    kind("custom_trek_link",         Booking, ALL),
    kind("invoice",                  Payment, MAIL),
    kind("participant_confirmation", Booking, MAIL),
    kind("participant_cancellation", Booking, MAIL),
    kind(DIGEST,                     Digest,  MAIL),
];

pub const DIGEST: &str = "digest";
/// Written by an administrator for many, with words of its own.
pub const SYSTEM: &str = "system";

/// Every kind there is, by its name.
pub fn kinds() -> impl Iterator<Item = &'static Kind> {
    RULES.iter().map(|rule| &rule.kind).chain(ASKED)
}

pub fn kind_of(name: &str) -> Result<&'static Kind, Invalid> {
    kinds().find(|kind| kind.name == name).ok_or_else(|| Invalid("is no kind of notification".into()))
}

/// The types of events that somebody is told of.
pub fn events() -> Vec<&'static str> {
    let mut types: Vec<_> = RULES.iter().map(|rule| rule.event).collect();
    types.sort_unstable();
    types.dedup();
    types
}

/// The rule that holds for an event.
pub fn rule_for(event: &str, data: &serde_json::Value) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.event == event && rule.holds(data))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_has_a_name_of_its_own_and_security_reaches_the_app() {
        let names: BTreeSet<_> = kinds().map(|kind| kind.name).collect();
        assert_eq!(names.len(), kinds().count());
        for kind in kinds().filter(|kind| kind.category.is_mandatory()) {
            assert!(kind.channels.contains(&InApp), "{}", kind.name);
        }
    }

    #[test]
    fn every_event_of_the_table_has_a_contract() {
        let known: BTreeSet<_> = contracts::all()
            .into_iter()
            .flat_map(|(_, events)| events)
            .map(|contract| contract.kind)
            .collect();
        for event in events() {
            assert!(known.contains(event), "{event}");
        }
    }

    #[test]
    fn a_field_decides_where_one_event_has_several_rules() {
        let named = |event, data: serde_json::Value| rule_for(event, &data).map(|rule| rule.kind.name);
        assert_eq!(named("bookings.reminder.due", json!({"reminder": "trip"})), Some("trip_reminder"));
        assert_eq!(named("bookings.reminder.due", json!({"reminder": "else"})), None);
        assert_eq!(named("bookings.request.resolved", json!({"approved": false})), Some("request_declined"));
        assert_eq!(named("reviews.review.created", json!({"visible": false})), None);
        assert_eq!(named("identity.user.registered", json!({})), None);
    }
}
