//! RV-3: somebody reviews what they have booked, bought or done.

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck};
use contracts::reviews::ReviewCreated;
use deserr::Deserr;
use kernel::text::Text;
use kernel::{Failure, FieldErrors, Problem, Result, time};
use schemars::JsonSchema;
use store::again;
use store::expression::number;
use store::{Record, Table, Transaction};
use web::{Caller, Created, Once};

use crate::Reviews;
use crate::eligible::{closed, nothing_to_review};
use crate::evidence::{Evidence, partition, prefix};
use crate::pair::{Pair, reveal};
use crate::person::Person;
use crate::review::{Authorship, Review, ReviewId, ReviewView, Status, Words};
use crate::settle::{ALREADY_REVIEWED, Change, changed_meanwhile};
use crate::subject::{Kind, Known, Subject, SubjectId};

pub const NOT_ELIGIBLE: Problem = Problem::new("review-not-eligible", 403, "You cannot review this");

/// Bookings, orders or jobs of one subject that are looked at.
pub(crate) const SOURCES: i32 = 100;

pub type Title = Text<1, 120>;

/// What somebody says.
#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Written {
    #[schemars(range(min = 1, max = 5), example = &5)]
    pub rating: u8,
    #[deserr(default)]
    pub title: Option<Title>,
    /// Tours ask for it.
    #[deserr(default)]
    pub text: Option<Words>,
    /// The same by the name that natours' clients know, where there is no `text`.
    #[deserr(default)]
    pub review: Option<Words>,
}

/// What somebody says of what. The author is whoever is signed in, and nobody else.
#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewReview {
    /// With `subject_id`; or only `tour`.
    #[deserr(default)]
    pub subject_kind: Option<Kind>,
    #[deserr(default)]
    pub subject_id: Option<SubjectId>,
    /// A tour's id, as natours' clients send it.
    #[deserr(default)]
    pub tour: Option<SubjectId>,
    #[schemars(range(min = 1, max = 5), example = &5)]
    pub rating: u8,
    #[deserr(default)]
    pub title: Option<Title>,
    /// Tours ask for it.
    #[deserr(default)]
    pub text: Option<Words>,
    /// The same by the name that natours' clients know, where there is no `text`.
    #[deserr(default)]
    pub review: Option<Words>,
}

impl NewReview {
    pub fn read(&self) -> Result<(Subject, Written)> {
        let subject = match (self.subject_kind, &self.subject_id, &self.tour) {
            (Some(kind), Some(id), None) => Subject::new(kind, id.clone()),
            (None, None, Some(id)) => Subject::new(Kind::Tour, id.clone()),
            (Some(Kind::Tour), Some(id), Some(tour)) if id == tour => Subject::new(Kind::Tour, id.clone()),
            _ => {
                let message = "is required, with subject_kind; or only tour";
                return Err(Failure::field("/subject_id", message));
            }
        };
        let Self { rating, title, text, review, .. } = self.clone();
        Ok((subject, Written { rating, title, text, review }))
    }
}

impl Written {
    fn words(&self) -> Option<&Words> {
        self.text.as_ref().or(self.review.as_ref())
    }

    fn check(&self, kind: Kind) -> Result<()> {
        let mut errors = FieldErrors::default();
        check_rating(self.rating, &mut errors);
        if kind == Kind::Tour && self.words().is_none() {
            errors.push("/text", "is required for a tour");
        }
        errors.or(())
    }
}

pub(crate) fn check_rating(rating: u8, errors: &mut FieldErrors) {
    if !(1..=5).contains(&rating) {
        errors.push("/rating", "must be from 1 to 5");
    }
}

impl Reviews {
    pub async fn create(
        &self,
        caller: &Caller,
        once: Once,
        subject: &Subject,
        written: &Written,
    ) -> Result<Created<ReviewView>> {
        written.check(subject.kind)?;
        again(|| self.try_create(caller, once.clone(), subject, written)).await
    }

    async fn try_create(
        &self,
        caller: &Caller,
        once: Once,
        subject: &Subject,
        written: &Written,
    ) -> Result<Created<ReviewView>> {
        let author_key = Authorship::author(caller.user_id);
        let keys = [
            Known::key_of(subject),
            Person::key_of(caller.user_id),
            Authorship::key_of(subject, &author_key),
        ];
        let mut items = self.table.items(&keys, true).await?;
        let known = items.remove(&keys[0]).map(Known::from_item).transpose()?;
        let known = known.filter(|known| !known.deleted).ok_or_else(|| subject.unknown())?;
        if items.contains_key(&keys[2]) {
            return Err(ALREADY_REVIEWED.because("Change the review that you have written."));
        }
        let evidence = self.evidence(caller, subject).await?;
        let now = time::now();
        let Some(evidence) = evidence.into_iter().find(|it| it.is_open(now)) else {
            // Who has not booked a secret tour does not learn that there is one.
            let shown = known.is_shown_to(Some(caller));
            return Err(if shown { nothing_to_review() } else { subject.unknown() });
        };
        let person = items.remove(&keys[1]).map(Person::from_item).transpose()?;
        let status = if subject.kind.is_moderated_first() { Status::Pending } else { Status::Approved };
        let mut review = Review {
            id: ReviewId::new(),
            version: 1,
            subject_kind: subject.kind,
            subject_id: subject.id.clone(),
            subject_name: known.name.clone(),
            reviewee_id: known.reviewee_id,
            author_key: Some(author_key),
            author_id: Some(caller.user_id),
            author_name: person.as_ref().and_then(|person| person.name.clone()),
            author_photo: person.and_then(|person| person.photo),
            rating: written.rating,
            title: written.title.as_ref().map(Title::to_string),
            text: written.words().map(Words::to_string),
            source_ref: Some(evidence.source_ref.clone()),
            verified: true,
            imported: false,
            status,
            held: false,
            response: None,
            note: None,
            helpful_count: 0,
            report_count: 0,
            open_reports: 0,
            reasons: Vec::new(),
            created_at: now,
            updated_at: now,
        };
        let mut effect = Transaction::new()
            .check(still_there(&self.table, &known)?, subject.unknown())
            .check(still_true(&self.table, &evidence)?, changed_meanwhile());
        let mut changes = Vec::new();
        if subject.kind.is_two_way() {
            effect = self.join_pair(effect, &mut review, &evidence, &mut changes).await?;
        }
        changes.insert(0, Change::new(review.clone()));
        let effect = effect.publish(&ReviewCreated { review: review.facts(), imported: false })?;
        let effect = self.settle(effect, &changes).await?;
        let body = ReviewView::new(&review, Some(caller));
        let created = Created { location: format!("/api/v1/reviews/{}", review.id), body };
        once.commit(&self.table, effect, created).await
    }

    /// Everything that the caller has of a subject.
    pub(crate) async fn evidence(&self, caller: &Caller, subject: &Subject) -> Result<Vec<Evidence>> {
        self.table.list(&partition(caller.user_id), &prefix(subject), SOURCES).await
    }

    /// Takes the author's side of the job; the second one publishes both.
    async fn join_pair(
        &self,
        effect: Transaction,
        review: &mut Review,
        evidence: &Evidence,
        changes: &mut Vec<Change>,
    ) -> Result<Transaction> {
        let pair = self.table.get::<Pair>(&Pair::key_of(&evidence.source_ref)).await?;
        let mut pair = pair.filter(|pair| !pair.revealed).ok_or_else(closed)?;
        let (own, other) = pair.sides(review.subject_kind);
        *own = Some(review.id);
        let other = match other {
            Some(id) => self.review(id).await?,
            None => None,
        };
        pair.revealed = other.is_some();
        review.held = other.is_none();
        let mut effect = effect.replace(&self.table, &pair)?;
        if let Some(other) = other {
            let (change, revealed) = reveal(other);
            changes.push(change);
            effect = effect.publish(&revealed)?;
        }
        Ok(effect)
    }
}

fn still_there(table: &Table, known: &Known) -> Result<ConditionCheck> {
    ConditionCheck::builder()
        .table_name(&table.name)
        .set_key(Some(known.key().to_item()))
        .condition_expression("deleted = :false")
        .expression_attribute_values(":false", AttributeValue::Bool(false))
        .build()
        .map_err(Failure::internal)
}

/// A booking that is cancelled in this moment is no reason for a review any more.
fn still_true(table: &Table, evidence: &Evidence) -> Result<ConditionCheck> {
    ConditionCheck::builder()
        .table_name(&table.name)
        .set_key(Some(evidence.key().to_item()))
        .condition_expression("version = :read")
        .expression_attribute_values(":read", number(evidence.version()))
        .build()
        .map_err(Failure::internal)
}
