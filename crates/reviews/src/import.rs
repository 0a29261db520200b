//! RV-14: the reviews of a business that moves here.

use contracts::reviews::ReviewCreated;
use deserr::Deserr;
use kernel::id::Ulid;
use kernel::text::Prose;
use kernel::text::{Email, Text, digest};
use kernel::time::Moment;
use kernel::{FieldErrors, Problem, Result, Timestamp, UserId, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::again;
use store::{Key, Record, Transaction};

use crate::Reviews;
use crate::create::{Title, check_rating};
use crate::person::Person;
use crate::review::{Authorship, Response, Review, ReviewId, Status, Words};
use crate::settle::{ALREADY_REVIEWED, Change, changed_meanwhile};
use crate::subject::{Kind, Known, Subject, SubjectId};

/// What fits into a body of 64 KB anyway.
const MOST: usize = 100;
const SEEN_BEFORE: Problem = Problem::new("imported-before", 409, "Imported before");

/// Reviews as they stood where the business was before.
#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields, rename = "ReviewsImport")]
pub struct Import {
    #[schemars(length(min = 1, max = 100))]
    pub reviews: Vec<ImportedReview>,
}

#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct ImportedReview {
    /// Its id where it comes from: it is known again by this.
    #[schemars(example = &"5c8a34ed14eb5c17645c9108")]
    pub source_id: Text<1, 100>,
    pub subject_kind: Kind,
    /// Its id here.
    pub subject_id: SubjectId,
    pub author: ImportedAuthor,
    #[schemars(range(min = 1, max = 5), example = &5)]
    pub rating: u8,
    #[deserr(default)]
    pub title: Option<Title>,
    #[deserr(default)]
    pub text: Option<Words>,
    /// What was answered to it.
    #[deserr(default)]
    pub response: Option<Prose<1, 2000>>,
    /// When it was written.
    #[schemars(with = "Timestamp")]
    pub created_at: Moment,
}

/// An account here, or the name of somebody who has none. A name goes before the account's own.
#[derive(Debug, Clone, Default, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct ImportedAuthor {
    #[deserr(default)]
    pub user_id: Option<UserId>,
    #[deserr(default)]
    pub name: Option<Text<1, 120>>,
    /// Tells people of the same name apart; it is not kept.
    #[deserr(default)]
    pub email: Option<Email>,
}

/// What became of each review, in their order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ReviewImported")]
pub struct Imported {
    pub source_id: String,
    pub outcome: Outcome,
    /// The review here; none when it was not taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<ReviewId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ReviewImportOutcome")]
pub enum Outcome {
    Created,
    /// An import before has made it; nothing was changed.
    Existing,
    /// The author has another review of the subject.
    AlreadyReviewed,
    /// There is no such subject here, or not yet.
    SubjectUnknown,
}

fn source_guard(source_id: &str) -> String {
    format!("REVIEW-SOURCE#{source_id}")
}

impl ImportedReview {
    fn check(&self) -> FieldErrors {
        let mut errors = FieldErrors::default();
        check_rating(self.rating, &mut errors);
        if self.subject_kind == Kind::Tour && self.text.is_none() {
            errors.push("/text", "is required for a tour");
        }
        if self.author.user_id.is_none() && self.author.name.is_none() {
            errors.push("/author", "must have a user_id or a name");
        }
        if self.created_at.0 > time::now() || self.created_at.0 < Timestamp::UNIX_EPOCH {
            errors.push("/created_at", "must be in the past");
        }
        errors
    }

    /// What tells the author from others.
    fn author_key(&self) -> String {
        match (self.author.user_id, &self.author.email) {
            (Some(user), _) => Authorship::author(user),
            (None, Some(email)) => format!("REV#MAIL#{}", digest(email.as_str())),
            (None, None) => format!("REV#SOURCE#{}", digest(self.source_id.as_str())),
        }
    }

    /// Sorts by when it was written.
    fn new_id(&self) -> ReviewId {
        let written = u64::try_from(self.created_at.0.as_millisecond()).unwrap_or(0);
        ReviewId::from_ulid(Ulid::from_parts(written, Ulid::generate().random()))
    }
}

impl Reviews {
    /// Each review by itself: a repeated import makes what is missing and leaves the rest alone.
    pub async fn import(&self, import: &Import) -> Result<Vec<Imported>> {
        let mut errors = FieldErrors::default();
        if !(1..=MOST).contains(&import.reviews.len()) {
            errors.push("/reviews", format!("must have 1 to {MOST} elements"));
        }
        for (at, review) in import.reviews.iter().enumerate() {
            for error in review.check().0 {
                errors.push(format!("/reviews/{at}{}", error.pointer), error.message);
            }
        }
        errors.or(())?;
        let mut all = Vec::new();
        for review in &import.reviews {
            let (outcome, id) = again(|| self.import_one(review)).await?;
            all.push(Imported { source_id: review.source_id.to_string(), outcome, id });
        }
        Ok(all)
    }

    async fn import_one(&self, imported: &ImportedReview) -> Result<(Outcome, Option<ReviewId>)> {
        let subject = Subject::new(imported.subject_kind, imported.subject_id.clone());
        let guard = source_guard(imported.source_id.as_str());
        let mut keys = vec![Key::new(&guard, "GUARD"), Known::key_of(&subject)];
        keys.extend(imported.author.user_id.map(Person::key_of));
        let mut items = self.table.items(&keys, true).await?;
        if let Some(item) = items.remove(&keys[0]) {
            let id = item.get("owner").and_then(|owner| owner.as_s().ok()?.parse().ok());
            return Ok((Outcome::Existing, id));
        }
        let known = items.remove(&keys[1]).map(Known::from_item).transpose()?;
        let Some(known) = known.filter(|known| !known.deleted) else {
            return Ok((Outcome::SubjectUnknown, None));
        };
        let person = keys.get(2).and_then(|key| items.remove(key)).map(Person::from_item).transpose()?;
        let review = imported_review(imported, &known, person);
        let effect = Transaction::new()
            .guard(&self.table, &guard, &review.id.to_string(), SEEN_BEFORE.because("A moment ago."))?
            .publish(&ReviewCreated { review: review.facts(), imported: true })?;
        let effect = self.settle(effect, &[Change::new(review.clone())]).await?;
        match effect.commit(&self.table).await {
            Ok(()) => Ok((Outcome::Created, Some(review.id))),
            // Read again what the other import has made.
            Err(failure) if failure.problem == SEEN_BEFORE => Err(changed_meanwhile()),
            Err(failure) if failure.problem == ALREADY_REVIEWED => Ok((Outcome::AlreadyReviewed, None)),
            Err(failure) => Err(failure),
        }
    }
}

fn imported_review(imported: &ImportedReview, known: &Known, person: Option<Person>) -> Review {
    let (at, now) = (imported.created_at.0, time::now());
    let (name, photo) = person.map_or((None, None), |person| (person.name, person.photo));
    Review {
        id: imported.new_id(),
        version: 1,
        subject_kind: known.kind,
        subject_id: known.id.clone(),
        subject_name: known.name.clone(),
        reviewee_id: known.reviewee_id,
        author_key: Some(imported.author_key()),
        author_id: imported.author.user_id,
        author_name: imported.author.name.as_ref().map(Text::to_string).or(name),
        author_photo: photo,
        rating: imported.rating,
        title: imported.title.as_ref().map(Title::to_string),
        text: imported.text.as_ref().map(Words::to_string),
        source_ref: None,
        verified: false,
        imported: true,
        status: Status::Approved,
        held: false,
        response: imported.response.as_ref().map(|text| Response { text: text.to_string(), at }),
        note: None,
        helpful_count: 0,
        report_count: 0,
        open_reports: 0,
        reasons: Vec::new(),
        created_at: at,
        updated_at: now,
    }
}
