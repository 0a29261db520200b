//! Every change of a profile: its item, the places where it is found, the counts, and the event, in one transaction.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use kernel::{Failure, Problem, Result, UserId};
use store::expression::number;
use store::sdk::types::Update;
use store::{Key, Transaction};

use crate::Users;
use crate::profile::{Posting, Profile};
use crate::stats;

/// Others may change the same profile at the same moment: identity's news, a photo, another tab.
pub(crate) const TRIES: u32 = 5;

/// How long a new account's first requests wait for its profile (design.md).
const PATIENCE: Duration = Duration::from_secs(4);
const PAUSE: Duration = Duration::from_millis(100);

impl Users {
    /// The profile of somebody who was not deleted.
    pub(crate) async fn existing(&self, id: UserId) -> Result<Profile> {
        let profile = self.table.get::<Profile>(&Profile::key_of(id)).await?;
        profile.filter(|profile| !profile.is_deleted()).ok_or_else(|| Failure::not_found("user"))
    }

    /// Somebody's own profile. That of a new account may still be on its way: it is waited for; `None` when it
    /// does not come.
    pub(crate) async fn awaited(&self, id: UserId) -> Result<Option<Profile>> {
        let begun = Instant::now();
        loop {
            match self.table.get::<Profile>(&Profile::key_of(id)).await? {
                Some(profile) if profile.is_deleted() => return Err(Failure::not_found("user")),
                Some(profile) => return Ok(Some(profile)),
                None if begun.elapsed() < PATIENCE => tokio::time::sleep(PAUSE).await,
                None => return Ok(None),
            }
        }
    }

    /// Somebody's own profile, for what cannot do without it.
    pub(crate) async fn own(&self, id: UserId) -> Result<Profile> {
        self.awaited(id).await?.ok_or_else(|| Failure::not_found("user"))
    }

    /// Changes somebody's own profile; the rest is as in [`Users::edit`].
    pub(crate) async fn edit_own(
        &self,
        id: UserId,
        what: &str,
        change: impl Fn(&mut Profile) -> Result<Transaction>,
    ) -> Result<Profile> {
        self.edit_from(Some(self.own(id).await?), id, what, change).await
    }

    /// Changes a profile as an administrator wants it, and answers what it is then. What `change` answers goes
    /// into the same transaction.
    pub(crate) async fn edit(
        &self,
        id: UserId,
        what: &str,
        change: impl Fn(&mut Profile) -> Result<Transaction>,
    ) -> Result<Profile> {
        self.edit_from(None, id, what, change).await
    }

    async fn edit_from(
        &self,
        mut read: Option<Profile>,
        id: UserId,
        what: &str,
        change: impl Fn(&mut Profile) -> Result<Transaction>,
    ) -> Result<Profile> {
        let mut tried = 1;
        loop {
            let before = match read.take() {
                Some(read) => read,
                None => self.existing(id).await?,
            };
            let mut after = before.clone();
            let more = change(&mut after)?;
            if after == before {
                return Ok(after);
            }
            after.remember(what);
            match self.changed(more, &before, &after)?.commit(&self.table).await {
                Ok(()) => {
                    after.version += 1;
                    return Ok(after);
                }
                Err(failure) if failure.problem == Problem::CONFLICT && tried < TRIES => tried += 1,
                Err(failure) => return Err(failure),
            }
        }
    }

    /// A new profile with all that follows from it.
    pub(crate) fn created(&self, effect: Transaction, profile: &Profile) -> Result<Transaction> {
        let effect = effect
            .create(&self.table, profile, conflict())?
            .publish(&contracts::users::UserCreated { user_id: profile.id })?
            .publish(&profile.snapshot(profile.version))?;
        let mut counts: Vec<_> = profile.counts().into_iter().map(|count| (count, 1)).collect();
        counts.push((stats::created_in(profile.created_at), 1));
        self.posted(effect, &[], &profile.postings())?.counted(&self.table, profile.id, &counts)
    }

    /// The next version of a profile with all that follows from it.
    pub(crate) fn changed(
        &self,
        effect: Transaction,
        before: &Profile,
        after: &Profile,
    ) -> Result<Transaction> {
        let effect = effect.replace(&self.table, after)?.publish(&after.snapshot(after.version + 1))?;
        let (was, is) = (before.counts(), after.counts());
        let gone = was.difference(&is).map(|count| (count.clone(), -1));
        let come = is.difference(&was).map(|count| (count.clone(), 1));
        let counts: Vec<_> = gone.chain(come).collect();
        self.posted(effect, &before.postings(), &after.postings())?.counted(&self.table, after.id, &counts)
    }

    /// The version of the profile, which the same transaction checks, guards these too.
    fn posted(&self, mut effect: Transaction, before: &[Posting], after: &[Posting]) -> Result<Transaction> {
        let table = &self.table;
        let kept: HashSet<Key> = after.iter().map(Posting::key).collect();
        for posting in after.iter().filter(|posting| !before.contains(posting)) {
            effect = effect.overwrite(table, posting.to_item())?;
        }
        for key in before.iter().map(Posting::key).filter(|key| !kept.contains(key)) {
            effect = effect.forget(table, &key)?;
        }
        Ok(effect)
    }
}

fn conflict() -> Failure {
    Problem::CONFLICT.because("Read it again and repeat your change.")
}

trait Counted: Sized {
    fn counted(self, table: &store::Table, id: UserId, counts: &[(String, i32)]) -> Result<Self>;
}

impl Counted for Transaction {
    fn counted(self, table: &store::Table, id: UserId, counts: &[(String, i32)]) -> Result<Self> {
        if counts.is_empty() {
            return Ok(self);
        }
        let mut update =
            Update::builder().table_name(&table.name).set_key(Some(stats::key_for(id).to_item()));
        let mut additions = Vec::new();
        for (at, (count, by)) in counts.iter().enumerate() {
            update = update
                .expression_attribute_names(format!("#c{at}"), count)
                .expression_attribute_values(format!(":c{at}"), number(by));
            additions.push(format!("#c{at} :c{at}"));
        }
        let update = update.update_expression(format!("ADD {}", additions.join(", ")));
        Ok(self.update(update.build().map_err(Failure::internal)?, conflict()))
    }
}
