//! Who comes along.

use deserr::Deserr;
use kernel::text::Prose;
use kernel::text::{Email, Phone, Text};
use kernel::{FieldErrors, Result, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::booking::{Booking, RefundKind};

kernel::typed_id!(ParticipantId, "Somebody who comes along.");

kernel::words! { Gender { Female "female", Male "male", Other "other" } }

/// So many come along with one booking at most; they all stand in one item.
pub const MOST: u32 = 50;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct EmergencyContact {
    pub name: Text<1, 120>,
    pub phone: Phone,
    #[schemars(example = &"Sister")]
    pub relation: Text<1, 60>,
}

/// What is known of a participant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Details {
    #[schemars(example = &"Ada Lovelace")]
    pub name: Text<1, 120>,
    pub email: Email,
    pub phone: Phone,
    #[serde(default)]
    #[deserr(default)]
    #[schemars(range(min = 1, max = 120))]
    pub age: Option<u8>,
    #[serde(default)]
    #[deserr(default)]
    pub gender: Option<Gender>,
    #[serde(default)]
    #[deserr(default)]
    pub allergies: Option<Prose<1, 300>>,
    #[serde(default)]
    #[deserr(default)]
    pub medical: Option<Prose<1, 600>>,
    #[serde(default)]
    #[deserr(default)]
    pub requests: Option<Prose<1, 600>>,
    /// Answers to what the trek asks for, by the field's name.
    #[serde(default)]
    #[deserr(default)]
    pub answers: Option<Answers>,
}

/// Answers by name: text, numbers and yes or no.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Answers(pub Map<String, Value>);

impl<E: deserr::DeserializeError> Deserr<E> for Answers {
    fn deserialize_from_value<V: deserr::IntoValue>(
        value: deserr::Value<V>,
        at: deserr::ValuePointerRef<'_>,
    ) -> Result<Self, E> {
        let json = <Value as Deserr<E>>::deserialize_from_value(value, at)?;
        let plain = |value: &Value| match value {
            Value::String(text) => text.chars().count() <= 300,
            Value::Number(_) | Value::Bool(_) => true,
            _ => false,
        };
        match json {
            Value::Object(map) if map.len() <= 50 && map.values().all(plain) => Ok(Self(map)),
            _ => Err(deserr::take_cf_content(E::error::<V>(
                None,
                deserr::ErrorKind::Unexpected {
                    msg: "must be an object of at most 50 short texts, numbers or booleans".into(),
                },
                at,
            ))),
        }
    }
}

/// How somebody left a booking, and what of its money was theirs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Left {
    pub at: Timestamp,
    /// Of what was paid.
    pub share: i64,
    /// Of that, what is given back.
    pub refund: i64,
    /// What is not due any more.
    pub dropped: i64,
    #[serde(rename = "type")]
    pub kind: RefundKind,
    /// The refund's.
    #[serde(default)]
    pub key: Option<String>,
    /// With everybody else.
    pub together: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Participant {
    pub id: ParticipantId,
    #[serde(default)]
    pub details: Option<Details>,
    #[serde(default)]
    pub left: Option<Left>,
    /// Did not come, although everything was paid.
    #[serde(default)]
    pub no_show: bool,
    /// Was written to that they come along, on this date.
    #[serde(default)]
    pub told: bool,
}

impl Participant {
    pub fn somebody() -> Self {
        Self { id: ParticipantId::new(), details: None, left: None, no_show: false, told: false }
    }

    pub fn is_active(&self) -> bool {
        self.left.is_none()
    }
}

/// Who comes along, in the order of the seats.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct WhoComes {
    pub participants: Vec<Details>,
    pub emergency_contact: EmergencyContact,
}

impl WhoComes {
    /// As many as there are seats, with an answer to everything that the trek asks for.
    pub fn check(&self, booking: &Booking) -> Result<()> {
        let mut errors = FieldErrors::default();
        let seats = booking.active() as usize;
        if self.participants.len() != seats {
            errors.push("/participants", format!("must have {seats} elements: one for each seat"));
        }
        let fields = booking.custom_fields.as_array().map(Vec::as_slice).unwrap_or_default();
        for (at, participant) in self.participants.iter().enumerate() {
            let pointer = format!("/participants/{at}");
            if participant.age.is_some_and(|age| !(1..=120).contains(&age)) {
                errors.push(format!("{pointer}/age"), "must be from 1 to 120");
            }
            let none = Map::new();
            let answers = participant.answers.as_ref().map_or(&none, |answers| &answers.0);
            check_answers(fields, answers, &pointer, &mut errors);
        }
        errors.or(())
    }
}

fn check_answers(fields: &[Value], answers: &Map<String, Value>, pointer: &str, errors: &mut FieldErrors) {
    let name = |field: &Value| field["name"].as_str().unwrap_or_default().to_owned();
    for field in fields {
        let pointer = format!("{pointer}/answers/{}", name(field));
        match answers.get(&name(field)) {
            None if field["required"] == true => errors.push(pointer, "is required"),
            None => {}
            Some(answer) => {
                let (good, wanted) = match field["type"].as_str().unwrap_or_default() {
                    "number" => (answer.is_number(), "a number"),
                    "checkbox" => (answer.is_boolean(), "a boolean"),
                    "select" => {
                        let options = field["options"].as_array().map(Vec::as_slice).unwrap_or_default();
                        (options.contains(answer), "one of the field's options")
                    }
                    _ => (answer.is_string(), "text"),
                };
                if !good {
                    errors.push(pointer, format!("must be {wanted}"));
                }
            }
        }
    }
    for unknown in answers.keys().filter(|key| !fields.iter().any(|field| name(field) == **key)) {
        errors.push(format!("{pointer}/answers/{unknown}"), "is not asked for");
    }
}
