//! US-29: where a worker has worked before.

use deserr::Deserr;
use kernel::page::Page;
use kernel::text::Prose;
use kernel::text::Text;
use kernel::{FieldErrors, Result, UserId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Transaction;
use web::{Caller, Created, Json, NoContent, Once};

use super::child::{Content, Entry, View, page};
use super::fields::Day;
use super::portfolio::not_backwards;
use super::{Counts, EntryId};
use crate::Users;

/// A job of before, or the present one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WorkHistory {
    pub title: Text<1, 120>,
    pub employer: Text<1, 120>,
    pub city: Option<Text<1, 60>>,
    pub description: Option<Prose<1, 2000>>,
    pub started_on: Day,
    /// None while it lasts.
    pub ended_on: Option<Day>,
}

impl Content for WorkHistory {
    const PATH: &'static str = "work-history";
    const KIND: &'static str = "work-history";
    const PREFIX: &'static str = "HISTORY#";
    const MOST: u32 = 50;

    fn count(counts: &mut Counts) -> &mut u32 {
        &mut counts.history
    }
}

#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewWorkHistory {
    #[schemars(example = &"Foreman")]
    pub title: Text<1, 120>,
    pub employer: Text<1, 120>,
    #[deserr(default)]
    pub city: Option<Text<1, 60>>,
    #[deserr(default)]
    pub description: Option<Prose<1, 2000>>,
    pub started_on: Day,
    /// Not before `started_on`; none while it lasts.
    #[deserr(default)]
    pub ended_on: Option<Day>,
}

impl NewWorkHistory {
    fn entry(&self) -> Result<WorkHistory> {
        let mut errors = FieldErrors::default();
        not_backwards(Some(self.started_on), self.ended_on, &mut errors);
        let new = self.clone();
        errors.or(WorkHistory {
            title: new.title,
            employer: new.employer,
            city: new.city,
            description: new.description,
            started_on: new.started_on,
            ended_on: new.ended_on,
        })
    }
}

impl Users {
    /// The latest first.
    pub async fn list_work_history(
        &self,
        caller: Option<&Caller>,
        id: UserId,
    ) -> Result<Json<Page<View<WorkHistory>>>> {
        self.seen_worker(caller, id).await?;
        let mut entries = self.entries::<WorkHistory>(id).await?;
        entries.sort_by_key(|entry| std::cmp::Reverse((entry.content.started_on, entry.id)));
        Ok(page(entries))
    }

    pub async fn get_work_history(
        &self,
        caller: Option<&Caller>,
        id: UserId,
        entry: EntryId,
    ) -> Result<Json<View<WorkHistory>>> {
        self.seen_worker(caller, id).await?;
        Ok(Json::new(View::from(self.entry::<WorkHistory>(id, entry).await?)))
    }

    pub async fn add_work_history(
        &self,
        once: Once,
        caller: &Caller,
        id: UserId,
        new: &NewWorkHistory,
    ) -> Result<Created<View<WorkHistory>>> {
        self.add_entry(once, caller, Entry::new(id, new.entry()?), Transaction::new()).await
    }

    pub async fn change_work_history(
        &self,
        caller: &Caller,
        id: UserId,
        entry: EntryId,
        new: &NewWorkHistory,
    ) -> Result<Json<View<WorkHistory>>> {
        self.change_entry(caller, id, entry, new.entry()?).await
    }

    pub async fn remove_work_history(
        &self,
        caller: &Caller,
        id: UserId,
        entry: EntryId,
    ) -> Result<NoContent> {
        self.remove_entry::<WorkHistory>(caller, id, entry, |_, _| ()).await
    }
}
