//! US-35: thirty days after somebody left, everything about them goes, here and in every other context.
//!
//! Each step can be repeated, and the next run begins again at the first one that is not done.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use contracts::users::{PartDone, UserErased};
use kernel::{Failure, Problem, Result, Timestamp, UserId, time};
use messaging::{Received, part_key};
use platform::files::Files;
use platform::{Aws, StartError, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::sdk::types::Delete;
use store::{Item, Key, Record, Transaction};

use crate::Users;
use crate::change::TRIES;
use crate::export::{CONTEXTS, Export, bundle_key};
use crate::photo::{photo_key, upload_key};
use crate::profile::Profile;

/// How long the other contexts may take; a message that fails waits in its dead letters so long at most.
const PATIENCE: Duration = time::days(7);
/// An hour later comes the next run.
const ENOUGH: Duration = time::seconds(35);
/// People of one run, of each partition of the due index.
const ROUND: i32 = 100;
/// In the due index: everything about a person goes.
pub(crate) const ERASE: &str = "ERASE";
/// In the due index: every context should have erased its part by now.
const ERASED: &str = "ERASED";

/// That somebody was erased, and how far it is. It stays, so that late news cannot bring the person back; the
/// id in it leads nowhere any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Erasure {
    pub user_id: UserId,
    pub version: u64,
    pub started_at: Timestamp,
    pub deadline: Timestamp,
    /// Contexts that have erased their part.
    pub parts: BTreeSet<String>,
}

impl Erasure {
    pub fn key_of(user: UserId) -> Key {
        Key::new(format!("ERASURE#{user}"), "ERASURE")
    }

    fn new(user_id: UserId) -> Self {
        let now = time::now();
        Self { user_id, version: 1, started_at: now, deadline: now + PATIENCE, parts: BTreeSet::new() }
    }

    fn missing(&self) -> Vec<&'static str> {
        CONTEXTS.into_iter().filter(|context| !self.parts.contains(*context)).collect()
    }
}

impl Record for Erasure {
    const KIND: &'static str = "erasure";

    fn key(&self) -> Key {
        Self::key_of(self.user_id)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn indexes(&self) -> Vec<(u8, Key)> {
        let waits = !self.missing().is_empty();
        waits.then(|| (1, store::due_key(ERASED, self.user_id, self.deadline))).into_iter().collect()
    }
}

/// What erasing needs beside the table.
pub struct Eraser {
    pub users: Users,
    pub files: Files,
}

impl State for Eraser {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { users: Users::start(aws).await?, files: Files::start(aws)? })
    }
}

impl Users {
    /// A context has erased its part.
    pub async fn collect_erased(&self, part: &Received<PartDone>) -> Result<()> {
        let mut tried = 1;
        loop {
            let erasure = self.table.get::<Erasure>(&Erasure::key_of(part.user_id)).await?;
            let Some(mut erasure) = erasure else {
                return Err(Failure::internal("a part of an erasure that nobody asked for"));
            };
            if !erasure.parts.insert(part.context.clone()) {
                return Ok(());
            }
            let effect = Transaction::new().replace(&self.table, &erasure)?;
            match part.commit(&self.table, effect).await {
                Err(failure) if failure.problem == Problem::CONFLICT && tried < TRIES => tried += 1,
                Err(failure) => return Err(failure),
                Ok(_) => return Ok(()),
            }
        }
    }
}

impl Eraser {
    /// Whose time has come. One failure does not hold up the others, and is told in the end; so is what
    /// another context has not done in time.
    pub async fn erase_due(&self) -> Result<usize> {
        let begun = Instant::now();
        let (mut done, mut failed) = (0, None);
        for item in self.users.table.due(ERASE, time::now(), ROUND).await? {
            if begun.elapsed() > ENOUGH {
                break;
            }
            let erased = match user_of(&item) {
                Some(user) => self.erase(user).await,
                None => Err(Failure::internal("a profile without an id")),
            };
            match erased {
                Ok(erased) => done += usize::from(erased),
                Err(failure) => failed = Some(failure),
            }
        }
        failed.map_or(Ok(()), Err)?;
        self.overdue().await?;
        Ok(done)
    }

    /// An error here is what the operator is alarmed by.
    async fn overdue(&self) -> Result<()> {
        let overdue = self.users.table.due(ERASED, time::now(), ROUND).await?;
        if overdue.is_empty() {
            return Ok(());
        }
        let mut contexts = BTreeSet::new();
        for item in &overdue {
            contexts.extend(Erasure::from_item(item.clone())?.missing());
        }
        let contexts = contexts.into_iter().collect::<Vec<_>>().join(", ");
        Err(Failure::internal(format!("{} erasures are overdue in {contexts}", overdue.len())))
    }

    /// Everything about one person. `Ok(false)` when it was done before, or is not due.
    pub async fn erase(&self, user: UserId) -> Result<bool> {
        let table = &self.users.table;
        let profile = table.get::<Profile>(&Profile::key_of(user)).await?;
        let due = |profile: &Profile| profile.deleted.as_ref().is_some_and(|it| it.erase_at <= time::now());
        let Some(profile) = profile.filter(due) else { return Ok(false) };
        self.begin(user).await?;
        self.users.erase_worker(user).await?;
        self.erase_files(&profile).await?;
        // The profile is what makes the next run come back, so it goes last.
        let last = Profile::key_of(user);
        table.delete_below(&last.pk, &last).await?;
        self.end(user).await?;
        Ok(true)
    }

    /// Tells every context, once.
    async fn begin(&self, user: UserId) -> Result<()> {
        let table = &self.users.table;
        let begun = Problem::CONFLICT.because("Begun before.");
        let effect = Transaction::new().create(table, &Erasure::new(user), begun)?;
        match effect.publish(&UserErased { user_id: user })?.commit(table).await {
            Err(failure) if failure.problem == Problem::CONFLICT => Ok(()),
            done => done,
        }
    }

    async fn erase_files(&self, profile: &Profile) -> Result<()> {
        let mut keys = Vec::new();
        if let Some(photo) = &profile.photo {
            keys.push(photo.key.clone());
            keys.extend(photo.replaces.clone());
        }
        // One that was being cut when the account was deleted.
        if let Some(upload) = profile.photo_status.as_ref().and_then(|status| status.upload.as_ref()) {
            keys.extend([upload_key(profile.id, upload), photo_key(profile.id, upload)]);
        }
        if let Some(export) = self.users.table.get::<Export>(&Export::key_of(profile.id)).await? {
            let id = export.id.to_string();
            keys.extend(CONTEXTS.map(|context| part_key(&id, context)));
            keys.push(bundle_key(&id));
        }
        for key in keys {
            self.files.delete(&key).await?;
        }
        Ok(())
    }

    async fn end(&self, user: UserId) -> Result<()> {
        let table = &self.users.table;
        let mut tried = 1;
        loop {
            let erasure = table.get::<Erasure>(&Erasure::key_of(user)).await?;
            let mut erasure = erasure.ok_or_else(|| Failure::internal("an erasure that never began"))?;
            erasure.parts.insert("users".into());
            let delete = Delete::builder()
                .table_name(&table.name)
                .set_key(Some(Profile::key_of(user).to_item()))
                .condition_expression("attribute_exists(deleted)")
                .build()
                .map_err(Failure::internal)?;
            let back = Failure::internal("the account is not deleted any more");
            match Transaction::new().replace(table, &erasure)?.delete(delete, back).commit(table).await {
                Err(failure) if failure.problem == Problem::CONFLICT && tried < TRIES => tried += 1,
                done => return done,
            }
        }
    }
}

fn user_of(item: &Item) -> Option<UserId> {
    item.get("id")?.as_s().ok()?.parse().ok()
}
