//! ID-24: what administrators do about a locked or a stolen account.

use contracts::identity::{AccountChanged, UserUnlocked};
use kernel::{Failure, Result, UserId, time};
use store::{Table, Transaction};
use web::{Caller, NoContent};

use crate::account::Account;
use crate::audit::{AuditEntry, Deed};
use crate::lockout::Lockout;
use crate::operator::Rights;

/// Counters that are deleted in one transaction.
const AT_ONCE: usize = 80;

impl Rights {
    /// Forgets all failures, from wherever they came.
    pub async fn unlock(&self, caller: &Caller, user: UserId) -> Result<NoContent> {
        let table = &self.identity.table;
        self.account(user).await?;
        loop {
            let counters = Lockout::counters(table, &user.to_string(), AT_ONCE).await?;
            let last = counters.len() < AT_ONCE;
            let mut effect = Transaction::new();
            for counter in counters {
                effect = effect.delete(counter, Failure::internal("an unconditional delete was refused"));
            }
            if last {
                let entry = AuditEntry::new(user, Some(caller.user_id), Deed::Unlocked);
                effect = audited(table, effect, &entry)?.publish(&UserUnlocked { user_id: user })?;
                effect.commit(table).await?;
                return Ok(NoContent);
            }
            effect.commit(table).await?;
        }
    }

    /// Ends every session with one write, then clears them up one by one and tells of each.
    pub async fn revoke_sessions(&self, caller: &Caller, user: UserId) -> Result<NoContent> {
        let table = &self.identity.table;
        let mut account = self.account(user).await?;
        account.end_sessions(time::now());
        let effect = self.changed(Transaction::new(), &account)?;
        account.version += 1;
        let entry = AuditEntry::new(user, Some(caller.user_id), Deed::SessionsRevoked);
        audited(table, effect, &entry)?.publish(&AccountChanged::from(&account))?.commit(table).await?;
        self.clear_up(user, None).await?;
        Ok(NoContent)
    }

    async fn account(&self, user: UserId) -> Result<Account> {
        let account = self.identity.table.get::<Account>(&Account::key_of(user)).await?;
        account.ok_or_else(|| Failure::not_found("account"))
    }
}

pub(crate) fn audited(table: &Table, effect: Transaction, entry: &AuditEntry) -> Result<Transaction> {
    effect.create(table, entry, Failure::internal("audit id used twice"))
}
