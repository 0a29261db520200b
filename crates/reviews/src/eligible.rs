//! RV-9: what somebody may review, and why not.

use std::collections::BTreeSet;

use kernel::page::{Page, PageRequest};
use kernel::query::{Parameter, Parameters, Params};
use kernel::{Failure, Result, Timestamp, time};
use platform::{Aws, StartError, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Key, Listing, Pager, Record};
use web::Caller;

use crate::Reviews;
use crate::create::NOT_ELIGIBLE;
use crate::evidence::{Evidence, partition};
use crate::review::{Authorship, ReviewId};
use crate::subject::{Kind, Known, Subject, SubjectId};

pub(crate) fn nothing_to_review() -> Failure {
    NOT_ELIGIBLE.because("You can review what you have taken part in, received, or worked on.")
}

pub(crate) fn closed() -> Failure {
    NOT_ELIGIBLE.because("The time for reviews of this job is over.")
}

/// The subject that is asked about.
#[derive(Debug, Clone, PartialEq)]
pub struct EligibilityQuery {
    /// None was refused already.
    pub subject: Option<Subject>,
}

impl Parameters for EligibilityQuery {
    fn take(params: &mut Params) -> Self {
        Self { subject: params.take_required("subject") }
    }

    fn parameters() -> Vec<Parameter> {
        let text = "A kind and an id: `tour:01JD2QK8N4M5V6W7X8Y9ZABCDE`.";
        vec![Parameter::new("subject", text, json!({"type": "string"})).required()]
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    AlreadyReviewed,
    /// Nothing of it was booked, bought or done, or it was cancelled.
    NothingToReview,
    /// It has not begun.
    NotYet,
    /// The time for it is over.
    Closed,
}

/// Whether somebody may review something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Eligibility {
    pub subject_kind: Kind,
    pub subject_id: SubjectId,
    pub eligible: bool,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Why>,
    /// The review that they have written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_id: Option<ReviewId>,
    /// Until when; none: as long as they like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// Something that somebody may review and has not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Candidate {
    pub subject_kind: Kind,
    pub subject_id: SubjectId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_name: Option<String>,
    /// The booking, order or job.
    pub source_ref: String,
    pub since: Timestamp,
    /// Until when; none: as long as they like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl Reviews {
    pub async fn eligibility(&self, caller: &Caller, query: &EligibilityQuery) -> Result<Eligibility> {
        let subject = query.subject.as_ref().ok_or_else(|| Failure::field("subject", "is required"))?;
        let keys = [Known::key_of(subject), Authorship::key_of(subject, &Authorship::author(caller.user_id))];
        let mut items = self.table.items(&keys, true).await?;
        let known = items.remove(&keys[0]).map(Known::from_item).transpose()?;
        let known = known.filter(|known| !known.deleted).ok_or_else(|| subject.unknown())?;
        let written = items.remove(&keys[1]).map(Authorship::from_item).transpose()?;
        let evidence = self.evidence(caller, subject).await?;
        if evidence.is_empty() && !known.is_shown_to(Some(caller)) {
            return Err(subject.unknown());
        }
        let now = time::now();
        let open = evidence.iter().find(|it| it.is_open(now));
        let to_come = evidence.iter().any(|it| it.open && it.from > now);
        let over = evidence.iter().any(|it| it.open && it.until.is_some_and(|until| until <= now));
        let reason = match (&written, open) {
            (Some(_), _) => Some(Why::AlreadyReviewed),
            (None, Some(_)) => None,
            (None, None) if to_come => Some(Why::NotYet),
            (None, None) if over => Some(Why::Closed),
            (None, None) => Some(Why::NothingToReview),
        };
        Ok(Eligibility {
            subject_kind: subject.kind,
            subject_id: subject.id.clone(),
            eligible: reason.is_none(),
            until: open.filter(|_| reason.is_none()).and_then(|it| it.until),
            reason,
            review_id: written.map(|it| it.review_id),
        })
    }
}

/// Reviews, and the means to lead from one page of candidates to the next.
pub struct Reminder {
    pub reviews: Reviews,
    pub pager: Pager,
}

impl State for Reminder {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { reviews: Reviews::start(aws).await?, pager: Pager::start()? })
    }
}

impl Reminder {
    /// A page holds what is open of one page of what they booked, bought and did; so it may be short, or empty, before the
    /// last one.
    pub async fn candidates(&self, caller: &Caller, request: &PageRequest) -> Result<Page<Candidate>> {
        let pk = partition(caller.user_id);
        let listing = Listing { index: None, pk: &pk, prefix: "MAY#", newest_first: false };
        let table = &self.reviews.table;
        let page = self.pager.page::<Evidence>(table, listing, &half(request)).await?;
        let (now, mut seen) = (time::now(), BTreeSet::new());
        let open: Vec<_> =
            page.data.into_iter().filter(|it| it.is_open(now) && seen.insert(it.subject())).collect();
        let author = Authorship::author(caller.user_id);
        let of = |it: &Evidence| {
            let subject = it.subject();
            [Known::key_of(&subject), Authorship::key_of(&subject, &author)]
        };
        let keys: Vec<Key> = open.iter().flat_map(of).collect();
        let mut items = self.reviews.table.items(&keys, true).await?;
        let mut data = Vec::new();
        for evidence in open {
            let [known, written] = of(&evidence);
            let known = items.remove(&known).map(Known::from_item).transpose()?;
            let Some(known) = known.filter(|known| !known.deleted) else { continue };
            if !items.contains_key(&written) {
                data.push(Candidate {
                    subject_kind: known.kind,
                    subject_id: known.id,
                    subject_name: known.name,
                    source_ref: evidence.source_ref,
                    since: evidence.from,
                    until: evidence.until,
                });
            }
        }
        Ok(Page { data, meta: page.meta })
    }
}

/// Two keys are read for each, and a call reads a hundred.
fn half(request: &PageRequest) -> PageRequest {
    PageRequest { limit: request.limit.min(50), cursor: request.cursor.clone() }
}
