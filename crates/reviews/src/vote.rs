//! RV-8: members say that a review helped them, or that something is wrong with it; each once.

use aws_sdk_dynamodb::types::Update;
use contracts::reviews::ReviewFlagged;
use deserr::Deserr;
use kernel::text::Text;
use kernel::{Failure, Problem, Result, Timestamp, UserId, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::again;
use store::expression::number;
use store::{Key, Record, Transaction};
use web::{Caller, Json, NoContent, Once};

use crate::Reviews;
use crate::edit::no_such_review;
use crate::evidence::partition;
use crate::review::{Review, ReviewId, Status};
use crate::settle::{Change, changed_meanwhile};

pub const ALREADY_VOTED: Problem = Problem::new("already-voted", 409, "You have said so before");
pub const OWN_REVIEW: Problem = Problem::new("own-review", 403, "It is your own review");

/// So many reports take a review off until a moderator has looked at it.
pub const ENOUGH: u64 = 3;
/// What the newest reports say, for the moderator.
const REASONS: usize = 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Vote {
    Helpful,
    Report,
}

/// That somebody has said so. It stands with what is known of them, so that it goes when they do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Voted {
    pub user_id: UserId,
    pub review_id: ReviewId,
    pub vote: Vote,
    pub at: Timestamp,
}

impl Record for Voted {
    const KIND: &'static str = "voted";

    fn key(&self) -> Key {
        let vote = match self.vote {
            Vote::Helpful => "HELPFUL",
            Vote::Report => "REPORT",
        };
        Key::new(partition(self.user_id), format!("{vote}#{}", self.review_id))
    }
}

/// How many it has helped.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Helpful {
    pub helpful_count: u64,
}

/// What is wrong with a review.
#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Report {
    #[schemars(example = &"It advertises something else.")]
    pub reason: Text<1, 300>,
}

impl Reviews {
    pub async fn vote_helpful(&self, caller: &Caller, once: Once, id: ReviewId) -> Result<Json<Helpful>> {
        again(|| async {
            let review = self.of_another(caller, id).await?;
            let update = Update::builder()
                .table_name(&self.table.name)
                .set_key(Some(review.key().to_item()))
                .update_expression("ADD helpful_count :one, version :one")
                .condition_expression("version = :read")
                .expression_attribute_values(":one", number(1))
                .expression_attribute_values(":read", number(review.version))
                .build()
                .map_err(Failure::internal)?;
            let effect = self.voted(caller, id, Vote::Helpful)?.update(update, changed_meanwhile());
            let reply = Json::new(Helpful { helpful_count: review.helpful_count + 1 });
            once.clone().commit(&self.table, effect, reply).await
        })
        .await
    }

    pub async fn report(
        &self,
        caller: &Caller,
        once: Once,
        id: ReviewId,
        report: &Report,
    ) -> Result<NoContent> {
        again(|| async {
            let review = self.of_another(caller, id).await?;
            let mut changed = review.clone();
            changed.report_count += 1;
            changed.open_reports += 1;
            changed.reasons.insert(0, report.reason.to_string());
            changed.reasons.truncate(REASONS);
            let mut effect = self.voted(caller, id, Vote::Report)?;
            if changed.open_reports >= ENOUGH {
                changed.status = Status::Flagged;
                let (review, reports) = (changed.facts(), changed.open_reports);
                effect = effect.publish(&ReviewFlagged { review, reports })?;
            }
            let effect = self.settle(effect, &[Change::from(review, changed)]).await?;
            once.clone().commit(&self.table, effect, NoContent).await
        })
        .await
    }

    fn voted(&self, caller: &Caller, review_id: ReviewId, vote: Vote) -> Result<Transaction> {
        let voted = Voted { user_id: caller.user_id, review_id, vote, at: time::now() };
        Transaction::new().create(&self.table, &voted, ALREADY_VOTED.because("Once is enough."))
    }

    async fn of_another(&self, caller: &Caller, id: ReviewId) -> Result<Review> {
        let review = self.review_for(id, caller).await?;
        if review.is_by(caller) {
            return Err(OWN_REVIEW.because("Others may say so."));
        }
        if !review.is_visible() {
            return Err(no_such_review());
        }
        Ok(review)
    }
}
