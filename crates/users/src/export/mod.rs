//! US-15: a copy of everything that is known of somebody, from all contexts.
//!
//! Each context writes its part into a file and says so; the last one's word, or the deadline, makes the bundle.

pub mod bundle;
mod own;

use std::collections::BTreeSet;
use std::time::Duration;

use contracts::users::{ExportRequested, PartDone};
use kernel::{Failure, Problem, Result, Timestamp, UserId, time};
use messaging::{EXPORTS, Received, part_key};
use platform::files::Files;
use platform::{Aws, StartError, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Key, Record, Transaction};
use web::{Begun, Caller, Json, Once};

use crate::Users;
use crate::change::TRIES;

pub const EXPORT_RUNNING: Problem = Problem::new("export-running", 409, "An export is being made");
pub const EXPORTED_TODAY: Problem = Problem::new("exported-today", 409, "One export a day");

/// The contexts that know something of people.
pub const CONTEXTS: [&str; 7] =
    ["bookings", "identity", "notifications", "payments", "reviews", "tours", "users"];

/// How long the parts are waited for.
const PATIENCE: Duration = time::minutes(10);
/// How long the bundle can be fetched; the bucket drops it then.
const KEPT: Duration = time::hours(24);
const ONE_DAY: Duration = time::hours(24);
/// Finished by one run of the schedule, of each partition.
const ROUND: i32 = 5;
/// In the due index: an export ends with what is there.
const EXPORT: &str = "EXPORT";

kernel::typed_id!(ExportId, "An export of what is known of somebody.");

kernel::words! {
    ExportState { Pending "pending", Ready "ready", Failed "failed", Expired "expired" }
}

/// The last export of a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Export {
    pub user_id: UserId,
    pub id: ExportId,
    pub version: u64,
    pub state: ExportState,
    pub requested_at: Timestamp,
    pub deadline: Timestamp,
    /// Contexts whose part is there.
    pub parts: BTreeSet<String>,
    pub ready_at: Option<Timestamp>,
}

impl Export {
    pub fn key_of(user: UserId) -> Key {
        Key::new(format!("USER#{user}"), "EXPORT")
    }

    fn is_whole(&self) -> bool {
        CONTEXTS.iter().all(|context| self.parts.contains(*context))
    }

    fn missing(&self) -> Vec<String> {
        let missing = CONTEXTS.iter().filter(|context| !self.parts.contains(**context));
        missing.map(|context| (*context).to_owned()).collect()
    }

    fn expires_at(&self) -> Option<Timestamp> {
        self.ready_at.map(|at| at + KEPT)
    }
}

impl Record for Export {
    const KIND: &'static str = "export";

    fn key(&self) -> Key {
        Self::key_of(self.user_id)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn indexes(&self) -> Vec<(u8, Key)> {
        let waits = self.state == ExportState::Pending;
        waits.then(|| (1, store::due_key(EXPORT, self.id, self.deadline))).into_iter().collect()
    }
}

pub fn bundle_key(export: &str) -> String {
    format!("{EXPORTS}{export}/bundle.zip")
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ExportView {
    pub id: ExportId,
    pub state: ExportState,
    pub requested_at: Timestamp,
    /// Contexts whose part did not come in time.
    pub missing: Vec<String>,
    /// Good until `expires_at`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub download_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

impl From<&Export> for ExportView {
    fn from(export: &Export) -> Self {
        let expires_at = export.expires_at();
        let expired = expires_at.is_some_and(|at| at <= time::now());
        let waits = export.state == ExportState::Pending;
        Self {
            id: export.id,
            state: if expired { ExportState::Expired } else { export.state },
            requested_at: export.requested_at,
            missing: if waits { Vec::new() } else { export.missing() },
            download_url: None,
            expires_at,
        }
    }
}

/// What exports need beside the table.
pub struct Exports {
    pub users: Users,
    pub files: Files,
}

impl State for Exports {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { users: Users::start(aws).await?, files: Files::start(aws)? })
    }
}

impl Users {
    /// One at a time, one a day.
    pub async fn request_export(&self, caller: &Caller, once: Once) -> Result<Begun<ExportView>> {
        self.own(caller.user_id).await?;
        let last = self.table.get::<Export>(&Export::key_of(caller.user_id)).await?;
        if let Some(last) = &last {
            last.allows_another()?;
        }
        let now = time::now();
        let export = Export {
            user_id: caller.user_id,
            id: ExportId::new(),
            version: last.as_ref().map_or(1, |last| last.version),
            state: ExportState::Pending,
            requested_at: now,
            deadline: now + PATIENCE,
            parts: BTreeSet::new(),
            ready_at: None,
        };
        let effect = match last {
            Some(_) => Transaction::new().replace(&self.table, &export)?,
            None => Transaction::new().create(&self.table, &export, running())?,
        };
        let asked = ExportRequested { user_id: export.user_id, export_id: export.id.to_string() };
        let location = format!("/api/v1/users/me/export/{}", export.id);
        let reply = Begun { location, body: ExportView::from(&export) };
        match once.commit(&self.table, effect.publish(&asked)?, reply).await {
            Err(failure) if failure.problem == Problem::CONFLICT => Err(running()),
            answered => answered,
        }
    }
}

impl Export {
    fn allows_another(&self) -> Result<()> {
        let next = self.requested_at + ONE_DAY;
        match self.state {
            ExportState::Pending => Err(running()),
            ExportState::Failed => Ok(()),
            _ if next <= time::now() => Ok(()),
            _ => {
                let wait = next.duration_since(time::now()).unsigned_abs();
                Err(EXPORTED_TODAY.because("Fetch the last one, or come back tomorrow.").retry_after(wait))
            }
        }
    }
}

fn running() -> Failure {
    EXPORT_RUNNING.because("Wait until it is ready.")
}

impl Exports {
    pub async fn look(&self, caller: &Caller, id: ExportId) -> Result<Json<ExportView>> {
        self.users.own(caller.user_id).await?;
        let export = self.users.table.get::<Export>(&Export::key_of(caller.user_id)).await?;
        let export = export.filter(|export| export.id == id);
        let export = export.ok_or_else(|| Failure::not_found("export"))?;
        let mut view = ExportView::from(&export);
        if let (ExportState::Ready, Some(expires_at)) = (view.state, view.expires_at) {
            let left = expires_at.duration_since(time::now()).unsigned_abs();
            let key = bundle_key(&id.to_string());
            view.download_url = Some(self.files.download_link(&key, Some("caravan.zip"), left).await?);
        }
        Ok(Json::new(view))
    }

    /// A context has written its part.
    pub async fn collect(&self, part: &Received<PartDone>, id: &str) -> Result<()> {
        let mut tried = 1;
        loop {
            let export = self.users.table.get::<Export>(&Export::key_of(part.user_id)).await?;
            // A part of an export before, or one that came too late.
            let waits = |export: &Export| export.id.to_string() == id && export.state == ExportState::Pending;
            let Some(mut export) = export.filter(waits) else { return Ok(()) };
            let known = CONTEXTS.contains(&part.context.as_str());
            if !known {
                return Err(Failure::internal(format!("a part of an export from {}", part.context)));
            }
            if export.parts.insert(part.context.clone()) {
                let effect = Transaction::new().replace(&self.users.table, &export)?;
                match part.commit(&self.users.table, effect).await {
                    Err(failure) if failure.problem == Problem::CONFLICT && tried < TRIES => {
                        tried += 1;
                        continue;
                    }
                    Err(failure) => return Err(failure),
                    Ok(_) => export.version += 1,
                }
            }
            return if export.is_whole() { self.finish(export).await } else { Ok(()) };
        }
    }

    /// What came in time is bundled; what did not is named.
    pub async fn finish_due(&self) -> Result<usize> {
        let due = self.users.table.due(EXPORT, time::now(), ROUND).await?;
        let (mut done, mut failed) = (0, None);
        for item in due {
            let user = Export::from_item(item)?.user_id;
            match self.finish_late(user).await {
                Ok(()) => done += 1,
                Err(failure) => failed = Some(failure),
            }
        }
        failed.map_or(Ok(done), Err)
    }

    /// The index may be a moment behind.
    async fn finish_late(&self, user: UserId) -> Result<()> {
        let export = self.users.table.get::<Export>(&Export::key_of(user)).await?;
        let due = |export: &Export| export.state == ExportState::Pending && export.deadline <= time::now();
        match export.filter(due) {
            Some(export) => self.finish(export).await,
            None => Ok(()),
        }
    }

    async fn finish(&self, mut export: Export) -> Result<()> {
        let bundled = bundle::bundle(&self.files, &export).await?;
        export.parts = bundled;
        if export.parts.is_empty() {
            export.state = ExportState::Failed;
        } else {
            export.state = ExportState::Ready;
            export.ready_at = Some(time::now());
        }
        let effect = Transaction::new().replace(&self.users.table, &export)?;
        match effect.commit(&self.users.table).await {
            // Another one finished it, or a part came meanwhile: whoever is last sees them all.
            Err(failure) if failure.problem == Problem::CONFLICT => return Ok(()),
            done => done?,
        }
        for context in CONTEXTS {
            self.files.delete(&part_key(&export.id.to_string(), context)).await?;
        }
        Ok(())
    }
}
