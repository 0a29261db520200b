//! What reviews tells.

use jiff::Timestamp;
use kernel::UserId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Contract, Event, Message, Nature};

/// How something is rated, from all its approved reviews; sent with every change of it, and by a replay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RatingRecalculated {
    /// `tour`, `trek`, `product`, `worker` or `job`.
    pub subject_kind: String,
    pub subject_id: String,
    /// Grows with every change: a projection keeps the newest.
    pub version: u64,
    /// Of all ratings from 1 to 5.
    pub sum: u64,
    /// How many ratings.
    pub count: u64,
}

impl Message for RatingRecalculated {
    const TYPE: &'static str = "reviews.rating.recalculated";

    fn subject(&self) -> String {
        self.subject_id.clone()
    }
}

impl Event for RatingRecalculated {
    const NATURE: Nature = Nature::Snapshot;
}

/// A review as others may know it; sent with every change of it but votes, and by a replay.
///
/// Whoever shows reviews keeps it while `shown` is there, and forgets it when it is not: then it was deleted, waits for
/// a moderator, was taken off, or its counterpart is not written yet. Nothing of such a review is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReviewChanged {
    pub review_id: String,
    /// Grows with every change: a projection keeps the newest.
    pub version: u64,
    /// `tour`, `trek`, `product`, `worker` or `job`.
    pub subject_kind: String,
    pub subject_id: String,
    /// What everybody may see of it, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<ShownReview>,
}

/// What everybody may see of a review.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ShownReview {
    /// None for somebody without an account, and for who has left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author_id: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author_photo: Option<String>,
    /// 1 to 5.
    pub rating: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The author has bought it here.
    pub verified: bool,
    /// It was written where the business was before.
    pub imported: bool,
    /// What the reviewed answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<String>,
    /// When it was written.
    pub created_at: Timestamp,
}

impl Message for ReviewChanged {
    const TYPE: &'static str = "reviews.review.updated";

    fn subject(&self) -> String {
        self.review_id.clone()
    }
}

impl Event for ReviewChanged {
    const NATURE: Nature = Nature::Snapshot;
}

/// What every fact about a review says of it. What is written in it is not in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReviewFacts {
    pub review_id: String,
    /// None for somebody without an account, and for who has left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author_id: Option<UserId>,
    /// Whom it is about, when that is a person: a worker, or who gave a job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewee_id: Option<UserId>,
    /// `tour`, `trek`, `product`, `worker` or `job`.
    pub subject_kind: String,
    pub subject_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_name: Option<String>,
    /// Whether everybody may see it now.
    pub visible: bool,
}

/// Declares what became of a review.
macro_rules! outcome {
    ($name:ident, $kind:literal, $doc:literal, { $($(#[$meta:meta])* $field:ident: $type:ty),* $(,)? }) => {
        #[doc = $doc]
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        pub struct $name {
            #[serde(flatten)]
            pub review: ReviewFacts,
            $($(#[$meta])* pub $field: $type),*
        }

        impl Message for $name {
            const TYPE: &'static str = $kind;

            fn subject(&self) -> String {
                self.review.review_id.clone()
            }
        }

        impl Event for $name {
            const NATURE: Nature = Nature::Fact;
        }
    };
}

outcome!(ReviewCreated, "reviews.review.created", "Somebody wrote a review, or one was imported.", {
    imported: bool,
});
outcome!(ReviewDeleted, "reviews.review.deleted", "A review is no more.", {});
outcome!(ReviewApproved, "reviews.review.approved", "A moderator let a review stand.", {});
outcome!(ReviewRejected, "reviews.review.rejected", "A moderator took a review off.", {
    /// What the author is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
});
outcome!(ReviewFlagged, "reviews.review.flagged", "A review was reported so often that a moderator must look at it.", {
    reports: u64,
});
outcome!(ReviewResponded, "reviews.review.responded", "The reviewed answered a review.", {});
outcome!(
    ReviewRevealed,
    "reviews.review.revealed",
    "Both sides have written, or the time for it is over: neither is hidden from the other any more.",
    {}
);

fact!(InviteDue, "reviews.invite.due", "It is time to ask somebody for a review; told once for what they bought or did.", {
    /// `tour`, `trek`, `product`, `worker` or `job`.
    subject_kind: String,
    subject_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject_name: Option<String>,
    /// The booking, order or job.
    source_ref: String,
    /// Until when; none: as long as they like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
});

pub fn events() -> Vec<Contract> {
    vec![
        Contract::of::<RatingRecalculated>(),
        Contract::of::<ReviewChanged>(),
        Contract::of::<ReviewCreated>(),
        Contract::of::<ReviewDeleted>(),
        Contract::of::<ReviewApproved>(),
        Contract::of::<ReviewRejected>(),
        Contract::of::<ReviewFlagged>(),
        Contract::of::<ReviewResponded>(),
        Contract::of::<ReviewRevealed>(),
        Contract::of::<InviteDue>(),
    ]
}
