//! RV-4 to RV-7: one review read, changed, deleted and answered.

use contracts::reviews::{ReviewDeleted, ReviewFacts, ReviewResponded};
use deserr::Deserr;
use kernel::text::Prose;
use kernel::{Failure, FieldErrors, Problem, Result, time};
use schemars::JsonSchema;
use store::Transaction;
use store::again;
use web::{Caller, NoContent};

use crate::Reviews;
use crate::create::{Title, check_rating};
use crate::evidence::Evidence;
use crate::pair::Pair;
use crate::review::{Response, Review, ReviewId, ReviewView, Status, Words};
use crate::settle::Change;
use crate::subject::{Kind, Known, moderates};

pub const REVEALED: Problem = Problem::new("review-revealed", 409, "Both reviews are published");

/// What is absent stays as it is.
#[derive(Debug, Clone, Default, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct ReviewPatch {
    #[deserr(default)]
    #[schemars(range(min = 1, max = 5), example = &4)]
    pub rating: Option<u8>,
    #[deserr(default)]
    pub title: Option<Title>,
    #[deserr(default)]
    pub text: Option<Words>,
    /// The same by the name that natours' clients know, where there is no `text`.
    #[deserr(default)]
    pub review: Option<Words>,
}

impl ReviewPatch {
    fn check(&self) -> Result<()> {
        let mut errors = FieldErrors::default();
        if let Some(rating) = self.rating {
            check_rating(rating, &mut errors);
        }
        errors.or(())
    }

    fn apply(&self, review: &Review) -> Review {
        let words = self.text.as_ref().or(self.review.as_ref());
        Review {
            rating: self.rating.unwrap_or(review.rating),
            title: self.title.as_ref().map(Title::to_string).or_else(|| review.title.clone()),
            text: words.map(Words::to_string).or_else(|| review.text.clone()),
            updated_at: time::now(),
            ..review.clone()
        }
    }
}

/// What the reviewed says to it.
#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Answer {
    pub text: Prose<1, 2000>,
}

pub(crate) fn no_such_review() -> Failure {
    Failure::not_found("review")
}

impl Reviews {
    pub(crate) async fn review(&self, id: ReviewId) -> Result<Option<Review>> {
        self.table.get(&Review::key_of(id)).await
    }

    /// A review that the caller may see, with what it is about.
    pub(crate) async fn review_for(&self, id: ReviewId, caller: &Caller) -> Result<Review> {
        let review = self.review(id).await?.ok_or_else(no_such_review)?;
        if !review.is_shown_to(caller) {
            return Err(no_such_review());
        }
        // Of what one wrote oneself, one knows.
        if review.is_by(caller) || moderates(caller) {
            return Ok(review);
        }
        let known = self.table.peek::<Known>(&Known::key_of(&review.subject())).await?;
        known.filter(|known| known.is_shown_to(Some(caller))).map(|_| review).ok_or_else(no_such_review)
    }

    pub async fn show(&self, caller: &Caller, id: ReviewId) -> Result<ReviewView> {
        let review = self.review_for(id, caller).await?;
        Ok(ReviewView::new(&review, Some(caller)))
    }

    pub async fn update(&self, caller: &Caller, id: ReviewId, patch: &ReviewPatch) -> Result<ReviewView> {
        patch.check()?;
        again(|| async {
            let review = self.written_by(caller, id).await?;
            if review.is_revealed() && !caller.is_admin() {
                return Err(REVEALED.because("It was published together with the other side's."));
            }
            let mut changed = patch.apply(&review);
            // What a moderator has not seen in this form waits for one again, where such things wait.
            let judged = review.subject_kind.is_moderated_first() || review.status == Status::Rejected;
            if judged && review.status != Status::Flagged && !caller.is_admin() {
                changed.status = Status::Pending;
            }
            let change = Change::from(review, changed.clone());
            self.settle(Transaction::new(), &[change]).await?.commit(&self.table).await?;
            Ok(ReviewView::new(&changed, Some(caller)))
        })
        .await
    }

    pub async fn delete(&self, caller: &Caller, id: ReviewId) -> Result<NoContent> {
        again(|| async {
            let review = self.written_by(caller, id).await?;
            let facts = ReviewFacts { visible: false, ..review.facts() };
            let mut effect = Transaction::new().publish(&ReviewDeleted { review: facts })?;
            effect = self.leave_pair(effect, &review).await?;
            self.settle(effect, &[Change::gone(review)]).await?.commit(&self.table).await?;
            Ok(NoContent)
        })
        .await
    }

    /// Held back, it leaves its side of the job free for another one. Published, it does not: its author has read the other.
    async fn leave_pair(&self, effect: Transaction, review: &Review) -> Result<Transaction> {
        let (Some(author), Some(job)) = (review.author_id, &review.source_ref) else { return Ok(effect) };
        if review.held {
            let pair = self.table.get::<Pair>(&Pair::key_of(job)).await?;
            let Some(mut pair) = pair else { return Ok(effect) };
            *pair.sides(review.subject_kind).0 = None;
            return effect.replace(&self.table, &pair);
        }
        if !review.is_revealed() {
            return Ok(effect);
        }
        let key = Evidence::key_of(author, &review.subject(), job);
        let evidence = self.table.get::<Evidence>(&key).await?;
        let Some(evidence) = evidence else { return Ok(effect) };
        effect.replace(&self.table, &Evidence { until: Some(time::now()), ..evidence })
    }

    /// A review that is the caller's to change: of another one they learn only what they may see.
    async fn written_by(&self, caller: &Caller, id: ReviewId) -> Result<Review> {
        let review = self.review_for(id, caller).await?;
        if review.is_by(caller) || caller.is_admin() {
            return Ok(review);
        }
        Err(Problem::FORBIDDEN.because("It is not your review."))
    }

    /// One answer; a second one takes its place.
    pub async fn respond(&self, caller: &Caller, id: ReviewId, answer: &Answer) -> Result<ReviewView> {
        again(|| async {
            let review = self.review_for(id, caller).await?;
            let reviewed = match review.subject_kind {
                Kind::Worker | Kind::Job => review.reviewee_id == Some(caller.user_id),
                Kind::Tour | Kind::Trek | Kind::Product => moderates(caller),
            };
            if !reviewed {
                return Err(Problem::FORBIDDEN.because("Only who is reviewed may answer."));
            }
            if !review.is_visible() {
                return Err(no_such_review());
            }
            let response = Response { text: answer.text.to_string(), at: time::now() };
            let changed = Review { response: Some(response), ..review.clone() };
            let effect = Transaction::new().publish(&ReviewResponded { review: changed.facts() })?;
            let change = Change::from(review, changed.clone());
            self.settle(effect, &[change]).await?.commit(&self.table).await?;
            Ok(ReviewView::new(&changed, Some(caller)))
        })
        .await
    }
}
