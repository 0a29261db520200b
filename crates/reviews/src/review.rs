//! A review, and how it is shown.

use contracts::reviews::{ReviewChanged, ReviewFacts, ShownReview};
use kernel::text::Prose;
use kernel::{Timestamp, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Key, Record};
use web::Caller;

use crate::subject::{Kind, Subject, SubjectId, moderates};

kernel::typed_id!(ReviewId, "A review.");

pub type Words = Prose<1, 4000>;

#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, deserr::Deserr, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
#[deserr(rename_all = lowercase)]
#[schemars(rename = "ReviewStatus")]
pub enum Status {
    Pending,
    Approved,
    Rejected,
    /// Reported so often that a moderator must look at it.
    Flagged,
}

impl Status {
    pub const ALL: [Self; 4] = [Self::Pending, Self::Approved, Self::Rejected, Self::Flagged];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Flagged => "flagged",
        }
    }
}

/// What the reviewed answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Response {
    pub text: String,
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Review {
    /// Sorts by when it was written, also when it was imported.
    pub id: ReviewId,
    pub version: u64,
    pub subject_kind: Kind,
    pub subject_id: SubjectId,
    pub subject_name: Option<String>,
    /// Whom it is about, when that is a person.
    pub reviewee_id: Option<UserId>,
    /// Whose only review of the subject it is; none once they have left.
    pub author_key: Option<String>,
    pub author_id: Option<UserId>,
    /// As they were called when they wrote it.
    pub author_name: Option<String>,
    pub author_photo: Option<String>,
    pub rating: u8,
    pub title: Option<String>,
    pub text: Option<String>,
    /// The booking, order or job that it comes from.
    pub source_ref: Option<String>,
    pub verified: bool,
    pub imported: bool,
    pub status: Status,
    /// Of two that are published together: the other one may still be written.
    pub held: bool,
    pub response: Option<Response>,
    /// Of the moderator, for the author.
    pub note: Option<String>,
    pub helpful_count: u64,
    pub report_count: u64,
    /// Since a moderator looked at it last.
    pub open_reports: u64,
    /// What the newest reports say.
    pub reasons: Vec<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Record for Review {
    const KIND: &'static str = "review";

    fn key(&self) -> Key {
        Self::key_of(self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn indexes(&self) -> Vec<(u8, Key)> {
        let (id, subject) = (self.id.to_string(), self.subject());
        let mut keys = Vec::new();
        if !(self.held && self.status == Status::Approved) {
            keys.push((1, Key::new(Self::status_key(self.status, self.rating), &id)));
        }
        if self.is_visible() {
            keys.push((2, Key::new(Self::shown_key(&subject), &id)));
            keys.push((3, Key::new(Self::rated_key(&subject, self.rating), &id)));
        }
        if let Some(author) = self.author_id {
            keys.push((4, Key::new(Self::author_key(author, self.rating, self.is_visible()), &id)));
        }
        keys
    }
}

impl Review {
    pub fn key_of(id: ReviewId) -> Key {
        Key::new(format!("REVIEW#{id}"), "REVIEW")
    }

    pub fn status_key(status: Status, rating: u8) -> String {
        format!("STATUS#{}#{rating}", status.name())
    }

    pub fn shown_key(subject: &Subject) -> String {
        format!("SHOWN#{}", subject.name())
    }

    pub fn rated_key(subject: &Subject, rating: u8) -> String {
        format!("SHOWN#{}#{rating}", subject.name())
    }

    pub fn author_key(author: UserId, rating: u8, visible: bool) -> String {
        let hidden = if visible { "" } else { "#HIDDEN" };
        format!("AUTHOR#{author}#{rating}{hidden}")
    }

    pub fn subject(&self) -> Subject {
        Subject::new(self.subject_kind, self.subject_id.clone())
    }

    /// Whether everybody may see it, and it counts.
    pub fn is_visible(&self) -> bool {
        self.status == Status::Approved && !self.held
    }

    pub fn is_by(&self, caller: &Caller) -> bool {
        self.author_id == Some(caller.user_id)
    }

    /// One of two that were published together.
    pub fn is_revealed(&self) -> bool {
        self.subject_kind.is_two_way() && self.source_ref.is_some() && !self.held
    }

    pub fn is_shown_to(&self, caller: &Caller) -> bool {
        self.is_visible() || self.is_by(caller) || moderates(caller)
    }

    pub fn facts(&self) -> ReviewFacts {
        ReviewFacts {
            review_id: self.id.to_string(),
            author_id: self.author_id,
            reviewee_id: self.reviewee_id,
            subject_kind: self.subject_kind.to_string(),
            subject_id: self.subject_id.to_string(),
            subject_name: self.subject_name.clone(),
            visible: self.is_visible(),
        }
    }

    pub fn shown(&self) -> Option<ShownReview> {
        self.is_visible().then(|| ShownReview {
            author_id: self.author_id,
            author_name: self.author_name.clone(),
            author_photo: self.author_photo.clone(),
            rating: self.rating,
            title: self.title.clone(),
            text: self.text.clone(),
            verified: self.verified,
            imported: self.imported,
            response: self.response.as_ref().map(|response| response.text.clone()),
            created_at: self.created_at,
        })
    }
}

impl From<&Review> for ReviewChanged {
    fn from(review: &Review) -> Self {
        Self {
            review_id: review.id.to_string(),
            version: review.version,
            subject_kind: review.subject_kind.to_string(),
            subject_id: review.subject_id.to_string(),
            shown: review.shown(),
        }
    }
}

/// That somebody has reviewed something: its key is what keeps a second one out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Authorship {
    pub subject_kind: Kind,
    pub subject_id: SubjectId,
    /// `REV#` and the account; of who has none, what tells them apart.
    pub author_key: String,
    pub review_id: ReviewId,
}

impl Record for Authorship {
    const KIND: &'static str = "authorship";

    fn key(&self) -> Key {
        Self::key_of(&Subject::new(self.subject_kind, self.subject_id.clone()), &self.author_key)
    }
}

impl Authorship {
    pub fn key_of(subject: &Subject, author_key: &str) -> Key {
        Key::new(subject.partition(), author_key)
    }

    pub fn author(user: UserId) -> String {
        format!("REV#{user}")
    }
}

/// Who wrote a review.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AuthorView {
    /// None for who has no account, or has none any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<String>,
}

/// A review as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReviewView {
    pub id: ReviewId,
    pub subject_kind: Kind,
    pub subject_id: SubjectId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_name: Option<String>,
    /// Who reviews people is told to members only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<AuthorView>,
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
    pub status: Status,
    /// Nobody else sees it before the other side has written, too, or the time for it is over.
    pub held: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<Response>,
    pub helpful_count: u64,
    /// What the moderator says; for the author and moderators.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// How often it was reported; for moderators.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report_count: Option<u64>,
    /// What the newest reports say; for moderators.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl ReviewView {
    pub fn new(review: &Review, caller: Option<&Caller>) -> Self {
        let moderator = caller.is_some_and(moderates);
        let concerned = moderator || caller.is_some_and(|caller| review.is_by(caller));
        let known = caller.is_some() || !review.subject_kind.is_two_way();
        Self {
            id: review.id,
            subject_kind: review.subject_kind,
            subject_id: review.subject_id.clone(),
            subject_name: review.subject_name.clone(),
            author: known.then(|| AuthorView {
                id: review.author_id,
                name: review.author_name.clone(),
                photo: review.author_photo.clone(),
            }),
            rating: review.rating,
            title: review.title.clone(),
            text: review.text.clone(),
            verified: review.verified,
            imported: review.imported,
            status: review.status,
            held: review.held,
            response: review.response.clone(),
            helpful_count: review.helpful_count,
            note: review.note.clone().filter(|_| concerned),
            report_count: moderator.then_some(review.report_count),
            reasons: if moderator { review.reasons.clone() } else { Vec::new() },
            created_at: review.created_at,
            updated_at: review.updated_at,
        }
    }
}
