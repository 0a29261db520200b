//! RV-11: moderators judge reviews, one or many at a time.

use contracts::reviews::{ReviewApproved, ReviewFlagged, ReviewRejected};
use deserr::Deserr;
use kernel::text::Prose;
use kernel::{FieldErrors, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Transaction;
use store::again;
use web::Caller;

use crate::Reviews;
use crate::edit::no_such_review;
use crate::review::{Review, ReviewId, ReviewView, Status};
use crate::settle::Change;

/// Judged in one request.
const MOST: usize = 50;

/// What becomes of a review.
#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Judgement {
    pub status: Status,
    /// For the author.
    #[deserr(default)]
    pub note: Option<Prose<1, 1000>>,
}

/// What becomes of several.
#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Judgements {
    #[schemars(length(min = 1, max = 50))]
    pub ids: Vec<ReviewId>,
    pub status: Status,
    /// For the authors.
    #[deserr(default)]
    pub note: Option<Prose<1, 1000>>,
}

/// What became of one of several.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Judged {
    pub id: ReviewId,
    /// None when there is no such review.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
}

impl Reviews {
    pub async fn moderate(&self, caller: &Caller, id: ReviewId, judgement: &Judgement) -> Result<ReviewView> {
        let judged = again(|| self.judge(id, judgement)).await?;
        Ok(ReviewView::new(&judged.ok_or_else(no_such_review)?, Some(caller)))
    }

    /// Each by itself: what is not there does not hold up the others.
    pub async fn moderate_all(&self, judgements: &Judgements) -> Result<Vec<Judged>> {
        let mut errors = FieldErrors::default();
        if !(1..=MOST).contains(&judgements.ids.len()) {
            errors.push("/ids", format!("must have 1 to {MOST} elements"));
        }
        errors.or(())?;
        let judgement = Judgement { status: judgements.status, note: judgements.note.clone() };
        let mut all = Vec::new();
        for id in judgements.ids.iter().copied() {
            let judged = again(|| self.judge(id, &judgement)).await?;
            all.push(Judged { id, status: judged.map(|review| review.status) });
        }
        Ok(all)
    }

    async fn judge(&self, id: ReviewId, judgement: &Judgement) -> Result<Option<Review>> {
        let Some(review) = self.review(id).await? else { return Ok(None) };
        let changed = Review {
            status: judgement.status,
            note: judgement.note.as_ref().map(Prose::to_string),
            // Whoever let it stand has read what was reported.
            open_reports: if judgement.status == Status::Flagged { review.open_reports } else { 0 },
            ..review.clone()
        };
        let facts = changed.facts();
        let mut effect = Transaction::new();
        if review.status != changed.status {
            effect = match changed.status {
                Status::Approved => effect.publish(&ReviewApproved { review: facts })?,
                Status::Rejected => {
                    effect.publish(&ReviewRejected { review: facts, note: changed.note.clone() })?
                }
                Status::Flagged => {
                    effect.publish(&ReviewFlagged { review: facts, reports: changed.open_reports })?
                }
                Status::Pending => effect,
            };
        }
        let change = Change::from(review, changed.clone());
        self.settle(effect, &[change]).await?.commit(&self.table).await?;
        Ok(Some(changed))
    }
}
