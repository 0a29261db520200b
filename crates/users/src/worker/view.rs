//! US-22: looking at a worker, which counts once for each viewer and day.

use std::time::Duration;

use contracts::users::WorkerViewed;
use kernel::text::digest;
use kernel::{Failure, Problem, Result, Timestamp, UserId, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::expression::{number, values};
use store::sdk::types::{AttributeValue, Update};
use store::{Item, Key, Record, Transaction};
use web::{Caller, Client, Json};

use super::availability::AvailabilityStatus;
use super::completeness::Completeness;
use super::fields::Day;
use super::skill::Skill;
use super::{Profile, Worker, may_see, no_such_worker, partition};
use crate::Users;

/// Longer than the day it is for, wherever the viewer is.
const REMEMBERED: Duration = time::days(2);

const SEEN_BEFORE: Problem = Problem::new("seen-before", 409, "Seen before");

/// A worker as everybody may see them.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct WorkerView {
    pub id: UserId,
    pub display_name: String,
    #[serde(flatten)]
    pub profile: Profile,
    pub skills: Vec<Skill>,
    /// What holds right now.
    pub availability: AvailabilityStatus,
    /// Staff has verified a certificate.
    pub verified: bool,
    /// 0 to 5.
    pub rating: f64,
    pub total_reviews: u32,
    pub jobs_completed: u32,
    /// 0 to 100.
    pub completeness: u32,
    /// Absent right after a change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile_views: Option<u64>,
    pub created_at: Timestamp,
    pub changed_at: Timestamp,
}

impl From<&Worker> for WorkerView {
    fn from(worker: &Worker) -> Self {
        Self {
            id: worker.user_id,
            display_name: worker.display_name.clone(),
            profile: worker.profile.clone(),
            skills: worker.skills.clone(),
            availability: worker.availability.now(),
            verified: worker.is_verified(),
            rating: f64::from(worker.stats.rating) / 100.0,
            total_reviews: worker.stats.total_reviews,
            jobs_completed: worker.stats.jobs_completed,
            completeness: Completeness::of(worker).score,
            profile_views: None,
            created_at: worker.created_at,
            changed_at: worker.changed_at,
        }
    }
}

/// Somebody has looked at the worker on a day.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Viewing {
    pub worker_id: UserId,
    pub day: Day,
    /// A digest: neither who nor from where can be read from it.
    pub viewer: String,
}

impl Record for Viewing {
    const KIND: &'static str = "viewing";

    fn key(&self) -> Key {
        Key::new(partition(self.worker_id), format!("VIEW#{}#{}", self.day, self.viewer))
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(time::now() + REMEMBERED)
    }
}

/// The counter stands apart, so that looking does not disturb who is changing the profile.
fn counter(id: UserId) -> Key {
    Key::new(partition(id), "WORKER#VIEWS")
}

impl Users {
    pub async fn view_worker(
        &self,
        caller: Option<&Caller>,
        client: &Client,
        id: UserId,
    ) -> Result<Json<WorkerView>> {
        let day = Day::today();
        let viewer = caller.map_or_else(|| client.address.clone(), |caller| caller.user_id.to_string());
        let viewing = Viewing { worker_id: id, day, viewer: digest(&format!("view {id} {day} {viewer}")) };
        let [worker, counted, seen] =
            self.table.each([Worker::key_of(id), counter(id), viewing.key()]).await?;
        let worker = worker.map(Worker::from_item).transpose()?;
        let worker = worker.filter(|worker| may_see(worker, caller)).ok_or_else(no_such_worker)?;
        let mut views = counted.as_ref().map_or(0, count);
        let own = caller.is_some_and(|caller| caller.user_id == id);
        if !own && seen.is_none() && self.count_view(&viewing, caller).await? {
            views += 1;
        }
        Ok(Json::new(WorkerView { profile_views: Some(views), ..WorkerView::from(&worker) }))
    }

    /// `Ok(false)` when it was counted before.
    async fn count_view(&self, viewing: &Viewing, caller: Option<&Caller>) -> Result<bool> {
        let count = Update::builder()
            .table_name(&self.table.name)
            .set_key(Some(counter(viewing.worker_id).to_item()))
            .update_expression("SET kind = :kind ADD profile_views :one")
            .set_expression_attribute_values(values([
                (":one", number(1)),
                (":kind", AttributeValue::S("views".into())),
            ]))
            .build()
            .map_err(Failure::internal)?;
        let viewer = caller.map(|caller| caller.user_id.to_string());
        let effect = Transaction::new()
            .create(&self.table, viewing, SEEN_BEFORE.because("counted once a day"))?
            .update(count, Failure::internal("a counter without a condition"))
            .publish(&WorkerViewed { user_id: viewing.worker_id, viewer })?;
        match effect.commit(&self.table).await {
            Ok(()) => Ok(true),
            // Nobody is refused the profile because many look at it at once.
            Err(failure) if [SEEN_BEFORE, Problem::UNAVAILABLE].contains(&failure.problem) => Ok(false),
            Err(failure) => Err(failure),
        }
    }
}

fn count(item: &Item) -> u64 {
    let views = item.get("profile_views").and_then(|views| views.as_n().ok()?.parse().ok());
    views.unwrap_or(0)
}
