//! Workers: what somebody offers, and what the directory shows of it.

pub mod availability;
pub mod certificate;
pub mod child;
pub mod completeness;
pub mod directory;
pub mod fields;
pub mod history;
pub mod keep;
pub mod leave;
pub mod portfolio;
pub mod profile;
pub mod skill;
pub mod view;

use contracts::users::WorkerChanged;
use kernel::money::Currency;
use kernel::text::Prose;
use kernel::text::Text;
use kernel::{Failure, Problem, Result, Timestamp, UserId, time};
use platform::model::Entity;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Item, Key, OutboxMessage, Record, Table, Transaction};
use web::{Caller, Once, Reply};

use crate::Users;
use availability::Availability;
use fields::{Experience, Location, Name, Travel, WorkType};
use skill::Skill;

/// Tries while others change the same worker.
const TRIES: u32 = 4;

kernel::typed_id!(EntryId, "An entry of a worker's profile.");

/// A worker's profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Worker {
    pub user_id: UserId,
    /// From the account.
    pub display_name: String,
    /// The account is verified and active, and has the role.
    pub active: bool,
    /// Of the account that name and state were copied from: the newest wins.
    pub account_version: u64,
    #[serde(flatten)]
    pub profile: Profile,
    pub skills: Vec<Skill>,
    pub availability: Availability,
    pub stats: Stats,
    pub counts: Counts,
    pub created_at: Timestamp,
    pub changed_at: Timestamp,
    pub version: u64,
}

/// What the worker says of themselves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Profile {
    /// Whether they want to stand in the directory.
    pub listed: bool,
    pub title: Option<Text<1, 100>>,
    pub headline: Option<Text<1, 160>>,
    pub bio: Option<Prose<1, 2000>>,
    /// The trade, such as `Electrician`.
    pub profession: Option<Name>,
    pub rate: Option<Rate>,
    pub location: Option<Location>,
    pub service_radius_km: Option<u32>,
    pub travel: Option<Travel>,
    pub experience_level: Option<Experience>,
    pub years_of_experience: Option<u32>,
    pub work_types: Vec<WorkType>,
    pub specializations: Vec<Name>,
    pub languages: Vec<Name>,
    /// What they are insured for.
    pub insurance: Option<Text<1, 160>>,
    /// The business they trade as.
    pub business: Option<Text<1, 160>>,
}

/// Minor units an hour.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rate {
    pub hourly: i64,
    pub min: Option<i64>,
    pub max: Option<i64>,
    pub currency: Currency,
}

/// What others' events say of the worker.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Stats {
    /// In hundredths, up to 500.
    pub rating: u32,
    pub total_reviews: u32,
    pub jobs_completed: u32,
}

/// How many entries stand beside the profile, so that they are bounded without counting them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    pub certificates: u32,
    pub verified_certificates: u32,
    pub portfolio: u32,
    pub history: u32,
}

impl Worker {
    pub fn key_of(id: UserId) -> Key {
        Key::new(partition(id), "WORKER")
    }

    /// Of a new account: hidden until its address is verified.
    pub fn new(id: UserId) -> Self {
        let now = time::now();
        Self {
            user_id: id,
            display_name: String::new(),
            active: false,
            account_version: 0,
            profile: Profile::empty(),
            skills: Vec::new(),
            availability: Availability::default(),
            stats: Stats::default(),
            counts: Counts::default(),
            created_at: now,
            changed_at: now,
            version: 1,
        }
    }

    /// Whether everybody may see it.
    pub fn is_public(&self) -> bool {
        self.active && self.profile.listed
    }

    /// Staff has seen a certificate.
    pub fn is_verified(&self) -> bool {
        self.counts.verified_certificates > 0
    }

    /// The next version with its event, as part of an effect.
    fn saved(&self, table: &Table, effect: Transaction) -> Result<Transaction> {
        let next = Self { changed_at: time::now(), ..self.clone() };
        let event = WorkerChanged { version: self.version + 1, ..WorkerChanged::from(&next) };
        effect.replace(table, &next)?.publish(&event)
    }

    /// Refuses whoever is neither the worker nor an administrator.
    fn owned_by(&self, caller: &Caller) -> Result<()> {
        if caller.owns(self.user_id) {
            return Ok(());
        }
        Err(if self.is_public() { not_yours() } else { no_such_worker() })
    }
}

impl Profile {
    fn empty() -> Self {
        Self {
            listed: true,
            title: None,
            headline: None,
            bio: None,
            profession: None,
            rate: None,
            location: None,
            service_radius_km: None,
            travel: None,
            experience_level: None,
            years_of_experience: None,
            work_types: Vec::new(),
            specializations: Vec::new(),
            languages: Vec::new(),
            insurance: None,
            business: None,
        }
    }
}

/// All that is known of a person in this context.
pub(crate) fn partition(id: UserId) -> String {
    format!("USER#{id}")
}

fn no_such_worker() -> Failure {
    Failure::not_found("worker")
}

fn not_yours() -> Failure {
    Problem::FORBIDDEN.because("Only the worker can change this.")
}

impl Users {
    /// The worker as their owner, staff or everybody may see them.
    pub async fn seen_worker(&self, caller: Option<&Caller>, id: UserId) -> Result<Worker> {
        let worker = self.table.get::<Worker>(&Worker::key_of(id)).await?;
        worker.filter(|worker| may_see(worker, caller)).ok_or_else(no_such_worker)
    }

    /// Changes the worker in one transaction with what else `change` says; again while others change it, too.
    async fn change_worker<R: Reply>(
        &self,
        once: Once,
        id: UserId,
        change: impl Fn(&mut Worker) -> Result<(Transaction, R)>,
    ) -> Result<R> {
        let mut tries = 0;
        loop {
            let worker = self.table.get::<Worker>(&Worker::key_of(id)).await?;
            let mut worker = worker.ok_or_else(no_such_worker)?;
            let (effect, reply) = change(&mut worker)?;
            let effect = worker.saved(&self.table, effect)?;
            tries += 1;
            match once.clone().commit(&self.table, effect, reply).await {
                Err(failure) if failure.problem == Problem::CONFLICT && tries < TRIES => {}
                answered => return answered,
            }
        }
    }
}

/// Staff sees who is hidden, too: certificates are checked before somebody is listed.
fn may_see(worker: &Worker, caller: Option<&Caller>) -> bool {
    worker.is_public()
        || caller.is_some_and(|caller| caller.owns(worker.user_id) || caller.is(kernel::Role::Staff))
}

impl Record for Worker {
    const KIND: &'static str = "worker";

    fn key(&self) -> Key {
        Self::key_of(self.user_id)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn indexes(&self) -> Vec<(u8, Key)> {
        let paused = self.availability.paused_until;
        paused
            .map(|until| (1, Key::new(availability::PAUSED, availability::due_key(until))))
            .into_iter()
            .collect()
    }
}

impl From<&Worker> for WorkerChanged {
    fn from(worker: &Worker) -> Self {
        let rate = worker.profile.rate.as_ref();
        Self {
            user_id: worker.user_id,
            version: worker.version,
            display_name: worker.display_name.clone(),
            profession: worker.profile.profession.as_ref().map(ToString::to_string),
            hourly_rate: rate.map(|rate| rate.hourly),
            currency: rate.map(|rate| rate.currency.to_string()),
            listed: worker.is_public(),
        }
    }
}

/// What a replay sends for an item of the table: the directory's index can be built anew from it.
pub fn snapshot(item: Item) -> Result<Option<OutboxMessage>> {
    if item.get("kind").and_then(|kind| kind.as_s().ok()).map(String::as_str) != Some(Worker::KIND) {
        return Ok(None);
    }
    OutboxMessage::event(&WorkerChanged::from(&Worker::from_item(item)?)).map(Some)
}

/// The entities, for the documents.
pub fn model() -> Vec<Entity> {
    vec![
        Entity::of::<Worker>("Worker", "pk USER#user_id · sk WORKER"),
        Entity::of::<child::Entry<certificate::Certificate>>(
            "Certificate",
            "pk USER#worker_id · sk CERTIFICATE#id",
        ),
        Entity::of::<child::Entry<portfolio::PortfolioItem>>(
            "PortfolioItem",
            "pk USER#worker_id · sk PORTFOLIO#id",
        ),
        Entity::of::<child::Entry<history::WorkHistory>>("WorkHistory", "pk USER#worker_id · sk HISTORY#id"),
        Entity::of::<view::Viewing>("Viewing", "pk USER#worker_id · sk VIEW#day#viewer"),
    ]
}
