//! Entries beside a worker's profile: certificates, pieces of work, jobs of before. Each is an item of its own, and the
//! worker's item counts them.

use kernel::page::Page;
use kernel::{Failure, Problem, Result, Timestamp, UserId, time};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use store::{Key, Record, Transaction};
use web::{Caller, Created, Json, NoContent, Once};

use super::skill::TOO_MANY;
use super::{Counts, EntryId, Worker, partition};
use crate::Users;

/// What kind of entry it is.
pub trait Content: Serialize + DeserializeOwned + JsonSchema + Clone + Send + Sync + 'static {
    /// As in `/workers/{id}/<path>`.
    const PATH: &'static str;
    /// The item's `kind`, and what it is called when there is none.
    const KIND: &'static str;
    /// How its sort keys begin.
    const PREFIX: &'static str;
    /// A worker has at most so many.
    const MOST: u32;

    fn count(counts: &mut Counts) -> &mut u32;

    /// In the due index, while something is due.
    fn due(&self) -> Option<Key> {
        None
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "{C}Entry")]
pub struct Entry<C> {
    pub worker_id: UserId,
    pub id: EntryId,
    #[serde(flatten)]
    pub content: C,
    pub created_at: Timestamp,
    pub version: u64,
}

impl<C: Content> Entry<C> {
    pub fn new(worker_id: UserId, content: C) -> Self {
        Self { worker_id, id: EntryId::new(), content, created_at: time::now(), version: 1 }
    }

    pub fn key_of(worker: UserId, id: EntryId) -> Key {
        Key::new(partition(worker), format!("{}{id}", C::PREFIX))
    }

    fn location(&self) -> String {
        format!("/api/v1/workers/{}/{}/{}", self.worker_id, C::PATH, self.id)
    }
}

impl<C: Content> Record for Entry<C> {
    const KIND: &'static str = C::KIND;

    fn key(&self) -> Key {
        Self::key_of(self.worker_id, self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn indexes(&self) -> Vec<(u8, Key)> {
        self.content.due().map(|key| (1, key)).into_iter().collect()
    }
}

/// An entry as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "{C}")]
pub struct View<C> {
    pub id: EntryId,
    #[serde(flatten)]
    pub content: C,
    pub created_at: Timestamp,
}

impl<C> From<Entry<C>> for View<C> {
    fn from(entry: Entry<C>) -> Self {
        Self { id: entry.id, content: entry.content, created_at: entry.created_at }
    }
}

impl Users {
    /// Of a worker whom the caller may see: all entries, the oldest first.
    pub(super) async fn entries<C: Content>(&self, worker: UserId) -> Result<Vec<Entry<C>>> {
        let most = i32::try_from(C::MOST).unwrap_or(i32::MAX);
        self.table.list(&partition(worker), C::PREFIX, most).await
    }

    pub(super) async fn entry<C: Content>(&self, worker: UserId, id: EntryId) -> Result<Entry<C>> {
        let entry = self.table.get::<Entry<C>>(&Entry::<C>::key_of(worker, id)).await?;
        entry.ok_or_else(|| Failure::not_found(C::KIND))
    }

    /// A new entry of one's own. `effect` carries what else must be told of it.
    pub(super) async fn add_entry<C: Content>(
        &self,
        once: Once,
        caller: &Caller,
        entry: Entry<C>,
        effect: Transaction,
    ) -> Result<Created<View<C>>> {
        self.change_worker(once, entry.worker_id, |worker| {
            worker.owned_by(caller)?;
            let count = C::count(&mut worker.counts);
            if *count >= C::MOST {
                return Err(TOO_MANY.because(format!("A worker has at most {} of these.", C::MOST)));
            }
            *count += 1;
            let taken = Failure::internal("an entry's id used twice");
            let effect = effect.clone().create(&self.table, &entry, taken)?;
            Ok((effect, Created { location: entry.location(), body: View::from(entry.clone()) }))
        })
        .await
    }

    /// One's own entry, changed; the profile beside it stays as it is.
    pub(super) async fn change_entry<C: Content>(
        &self,
        caller: &Caller,
        worker: UserId,
        id: EntryId,
        content: C,
    ) -> Result<Json<View<C>>> {
        self.own_worker(caller, worker).await?;
        let entry = Entry { content, ..self.entry::<C>(worker, id).await? };
        Transaction::new().replace(&self.table, &entry)?.commit(&self.table).await?;
        Ok(Json::new(View::from(entry)))
    }

    /// `uncounted` takes off what else the entry was counted as.
    pub(super) async fn remove_entry<C: Content>(
        &self,
        caller: &Caller,
        worker: UserId,
        id: EntryId,
        uncounted: impl Fn(&C, &mut Counts),
    ) -> Result<NoContent> {
        let worker_id = self.own_worker(caller, worker).await?.user_id;
        let entry = self.entry::<C>(worker_id, id).await?;
        self.change_worker(Once::default(), worker_id, |worker| {
            let count = C::count(&mut worker.counts);
            *count = count.saturating_sub(1);
            uncounted(&entry.content, &mut worker.counts);
            let changed = Problem::CONFLICT.because("Read it again and repeat your change.");
            Ok((Transaction::new().discard(&self.table, &entry, changed)?, NoContent))
        })
        .await
    }

    pub(super) async fn own_worker(&self, caller: &Caller, id: UserId) -> Result<Worker> {
        let worker = self.table.get::<Worker>(&Worker::key_of(id)).await?;
        let worker = worker.ok_or_else(super::no_such_worker)?;
        worker.owned_by(caller)?;
        Ok(worker)
    }
}

/// All that there are: never more than a page holds.
pub(super) fn page<C: Content>(entries: impl IntoIterator<Item = Entry<C>>) -> Json<Page<View<C>>> {
    Json::new(Page::new(entries.into_iter().map(View::from).collect(), C::MOST, None))
}
