//! What can be reviewed, as other contexts tell of it.

use std::fmt;
use std::str::FromStr;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use contracts::tours::{TourChanged, TrekChanged};
use contracts::users::WorkerChanged;
use contracts::{Envelope, Message};
use kernel::text::Invalid;
use kernel::{Failure, Permission, Result, Role, UserId};
use messaging::Incoming;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::expression::number;
use store::{Key, Record};
use web::Caller;

use crate::Reviews;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Tour,
    Trek,
    Product,
    Worker,
    Job,
}

impl Kind {
    pub const ALL: [Self; 5] = [Self::Tour, Self::Trek, Self::Product, Self::Worker, Self::Job];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Tour => "tour",
            Self::Trek => "trek",
            Self::Product => "product",
            Self::Worker => "worker",
            Self::Job => "job",
        }
    }

    /// Whether it is people who are reviewed, by people who are reviewed in turn.
    pub const fn is_two_way(self) -> bool {
        matches!(self, Self::Worker | Self::Job)
    }

    /// What is said of people waits for a moderator; what is said of things stands at once (decision 22).
    pub const fn is_moderated_first(self) -> bool {
        self.is_two_way()
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// `tour`, or `tours` as paths say it.
impl FromStr for Kind {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let one = text.strip_suffix('s').unwrap_or(text);
        let found = Self::ALL.into_iter().find(|kind| kind.name() == one);
        found.ok_or_else(|| Invalid(format!("must be one of {}", Self::ALL.map(Self::name).join(", "))))
    }
}

kernel::text_value!(Kind, {
    "type": "string",
    "enum": ["tour", "trek", "product", "worker", "job", "tours", "treks", "products", "workers", "jobs"],
    "examples": ["tour"]
});

/// The id that its own context gave it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubjectId(String);

impl fmt::Display for SubjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for SubjectId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if plain && (1..=64).contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid("must be an id".into()))
        }
    }
}

kernel::text_value!(SubjectId, {
    "type": "string",
    "pattern": "^[A-Za-z0-9_-]{1,64}$",
    "examples": ["01JD2QK8N4M5V6W7X8Y9ZABCDE"]
});

/// One thing, or one person, that can be reviewed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    pub kind: Kind,
    pub id: SubjectId,
}

impl Subject {
    pub fn new(kind: Kind, id: SubjectId) -> Self {
        Self { kind, id }
    }

    /// From what an event says; `None` for what is not reviewed here.
    pub fn told(kind: &str, id: &str) -> Option<Self> {
        Some(Self { kind: kind.parse().ok()?, id: id.parse().ok()? })
    }

    /// The thing whose reviews a path names: `/api/v1/tours/{id}/reviews`.
    pub fn of_path(path: &str, id: SubjectId) -> Result<Self> {
        let kind = path.split('/').nth(3).and_then(|kind| kind.parse().ok());
        Ok(Self { kind: kind.ok_or_else(|| Failure::not_found("thing"))?, id })
    }

    /// `tour#01J…`: what keys are made of.
    pub fn name(&self) -> String {
        format!("{}#{}", self.kind, self.id)
    }

    pub fn partition(&self) -> String {
        format!("SUBJECT#{}", self.name())
    }

    pub fn unknown(&self) -> Failure {
        Failure::not_found(self.kind.name())
    }
}

/// `tour:01J…`, as queries write it.
impl FromStr for Subject {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let (kind, id) =
            text.split_once(':').ok_or_else(|| Invalid("must be a kind and an id, like tour:01J…".into()))?;
        Ok(Self { kind: kind.parse()?, id: id.parse()? })
    }
}

/// What is known of it here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Known {
    // Every item's `kind` says what it is.
    #[serde(rename = "subject_kind")]
    pub kind: Kind,
    pub id: SubjectId,
    pub name: Option<String>,
    /// Of what its context told last; 0 when only its sale or its end was told.
    pub version: u64,
    /// Not for everybody: a secret tour, a trek that is not on sale, a worker who is in no list.
    pub hidden: bool,
    pub deleted: bool,
    /// Whom a review of it is about.
    pub reviewee_id: Option<UserId>,
}

impl Record for Known {
    const KIND: &'static str = "subject";

    fn key(&self) -> Key {
        Self::key_of(&self.subject())
    }
}

impl Known {
    pub fn key_of(subject: &Subject) -> Key {
        Key::new(subject.partition(), "SUBJECT")
    }

    pub fn subject(&self) -> Subject {
        Subject::new(self.kind, self.id.clone())
    }

    /// What is known when its own context has told nothing yet.
    pub fn first(subject: Subject, name: Option<String>, reviewee_id: Option<UserId>) -> Self {
        let Subject { kind, id } = subject;
        Self { kind, id, name, version: 0, hidden: false, deleted: false, reviewee_id }
    }

    /// The one rule for every list, page and number: who may know what is said of it.
    pub fn is_shown_to(&self, caller: Option<&Caller>) -> bool {
        if self.deleted {
            return false;
        }
        let crew = |caller: &Caller| match self.kind {
            Kind::Tour => caller.is(Role::Guide) || caller.is(Role::LeadGuide),
            Kind::Trek => caller.may(Permission::ManageTreks),
            Kind::Product | Kind::Worker | Kind::Job => self.reviewee_id == Some(caller.user_id),
        };
        !self.hidden || caller.is_some_and(|caller| moderates(caller) || crew(caller))
    }
}

/// Who looks after reviews.
pub fn moderates(caller: &Caller) -> bool {
    caller.is_admin() || caller.is(Role::Staff)
}

/// What is told of subjects.
#[derive(Debug, Clone, PartialEq)]
pub enum SubjectTold {
    Tour(Box<TourChanged>),
    Trek(Box<TrekChanged>),
    Worker(WorkerChanged),
}

impl Incoming for SubjectTold {
    fn types() -> Vec<&'static str> {
        vec![TourChanged::TYPE, TrekChanged::TYPE, WorkerChanged::TYPE]
    }

    fn read(envelope: &Envelope) -> Result<Self> {
        match envelope.kind.as_str() {
            TourChanged::TYPE => TourChanged::read(envelope).map(|told| Self::Tour(Box::new(told))),
            TrekChanged::TYPE => TrekChanged::read(envelope).map(|told| Self::Trek(Box::new(told))),
            _ => WorkerChanged::read(envelope).map(Self::Worker),
        }
    }
}

impl SubjectTold {
    fn known(&self) -> Option<Known> {
        let of = |kind: Kind, id: &str, name: &str, version, hidden, deleted| {
            let first = Known::first(Subject::new(kind, id.parse().ok()?), Some(name.to_owned()), None);
            Some(Known { version, hidden, deleted, ..first })
        };
        match self {
            Self::Tour(it) => of(Kind::Tour, &it.tour_id, &it.name, it.version, it.secret, it.deleted),
            Self::Trek(it) => {
                let hidden = !it.enabled || it.custom.is_some();
                of(Kind::Trek, &it.trek_id, &it.name, it.version, hidden, it.deleted)
            }
            Self::Worker(it) => {
                let id = it.user_id.to_string();
                let known = of(Kind::Worker, &id, &it.display_name, it.version, !it.listed, false)?;
                Some(Known { reviewee_id: Some(it.user_id), ..known })
            }
        }
    }
}

impl Reviews {
    /// Keeps the newest. Being told twice, or late, changes nothing; what is gone stays gone.
    pub async fn keep_subject(&self, told: &SubjectTold) -> Result<()> {
        let Some(known) = told.known() else { return Ok(()) };
        let put = self.table.client.put_item().table_name(&self.table.name);
        let put = put
            .set_item(Some(known.to_item()?))
            .condition_expression("attribute_not_exists(pk) OR (version < :version AND deleted = :false)")
            .expression_attribute_values(":version", number(known.version))
            .expression_attribute_values(":false", AttributeValue::Bool(false));
        unless_refused(store::patiently(|| put.clone().send()).await)
    }

    /// What a sale or the end of a job says of it; what its own context tells counts more.
    pub(crate) async fn keep_first(&self, known: &Known) -> Result<()> {
        let put = self.table.client.put_item().table_name(&self.table.name);
        let put = put.set_item(Some(known.to_item()?)).condition_expression("attribute_not_exists(pk)");
        unless_refused(store::patiently(|| put.clone().send()).await)
    }
}

pub(crate) fn unless_refused<T>(put: Result<T, SdkError<PutItemError>>) -> Result<()> {
    match put {
        Ok(_) => Ok(()),
        Err(error) => match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(()),
            _ => Err(store::failure(error)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_read_as_one_or_as_paths_say_it() {
        assert_eq!("tour".parse(), Ok(Kind::Tour));
        assert_eq!("workers".parse(), Ok(Kind::Worker));
        assert!("tourss".parse::<Kind>().is_err());
        assert!("boats".parse::<Kind>().is_err());
    }

    #[test]
    fn a_subject_names_its_kind_and_nothing_that_could_lead_elsewhere() {
        let subject: Subject = "tour:abc".parse().unwrap();
        assert_eq!(subject.partition(), "SUBJECT#tour#abc");
        for text in ["tour", "tour:", "tour:a#b", "boat:abc", "tour:a b"] {
            assert!(text.parse::<Subject>().is_err(), "{text}");
        }
    }
}
