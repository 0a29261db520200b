//! Ending sessions, one or all.
//!
//! All at once is one write: the account's `sessions_valid_from` and its token version. The single sessions are
//! cleared up after. That is how others hear of each end, and it catches a session that was opened while the write
//! was on its way: one that comes later meets the new token version and is refused.

use contracts::identity::SessionEnded;
use kernel::{Failure, Problem, Result, Timestamp, UserId, time};
use store::Transaction;

use crate::account::Account;
use crate::operator::Rights;
use crate::password::PasswordHash;
use crate::session::{Session, SessionId};

/// Two items each, and the outbox: a transaction takes a hundred.
const AT_ONCE: usize = 40;
/// Sessions that are looked at in one call.
const LOOKED_AT: i32 = 100;
/// Transactions that end one account's sessions before the rest is left to their expiry.
const TURNS: usize = 25;

const ENDED_MEANWHILE: Problem = Problem::new("ended-meanwhile", 409, "Ended meanwhile");

impl Account {
    /// Sessions from before are over, and every access token is worthless.
    pub fn end_sessions(&mut self, at: Timestamp) {
        self.token_version += 1;
        self.sessions_valid_from = self.sessions_valid_from.max(at);
    }

    /// Takes a new password, and ends the sessions that the old one opened.
    pub fn set_password(&mut self, hash: PasswordHash, at: Timestamp) {
        self.password_hash = hash;
        // A token of this very second is a new one.
        self.password_changed_at = at - time::seconds(1);
        self.end_sessions(at);
    }
}

impl Rights {
    /// The account as it is from now on, with its rights in the registry.
    pub(crate) fn changed(&self, effect: Transaction, account: &Account) -> Result<Transaction> {
        let rights = self.registry.rights(account)?;
        effect
            .replace(&self.identity.table, account)
            .map(|effect| effect.update(rights, Failure::unavailable("rights of a newer version")))
    }

    /// Ends a session in both tables; `gone` when there is none.
    pub(crate) fn end_one(
        &self,
        effect: Transaction,
        user: UserId,
        session: SessionId,
        gone: Failure,
    ) -> Result<Transaction> {
        let ended = SessionEnded { user_id: user, session_id: session.to_string() };
        effect
            .remove(&self.identity.table, &Session::key_of(user, session), gone.clone())?
            .delete(self.registry.end(session)?, gone)
            .publish(&ended)
    }

    /// Clears up after [`Account::end_sessions`] was written: what was opened until now, but for the one to `keep`.
    pub(crate) async fn clear_up(&self, user: UserId, keep: Option<SessionId>) -> Result<()> {
        let written = time::now();
        self.end_each(user, |session| session.created_at <= written && Some(session.id) != keep).await
    }

    /// Ends every session that `which` names, some in each transaction. Doing it again is no error.
    pub(crate) async fn end_each(&self, user: UserId, which: impl Fn(&Session) -> bool) -> Result<()> {
        let table = &self.identity.table;
        for _ in 0..TURNS {
            // The oldest come first, and those are the ones to end.
            let mut sessions = table.list::<Session>(&format!("USER#{user}"), "SESSION#", LOOKED_AT).await?;
            let looked_at_all = sessions.len() < LOOKED_AT as usize;
            sessions.retain(&which);
            let last = looked_at_all && sessions.len() <= AT_ONCE;
            if sessions.is_empty() {
                return Ok(());
            }
            let gone = || ENDED_MEANWHILE.because("never shown");
            let effect = sessions.iter().take(AT_ONCE).try_fold(Transaction::new(), |effect, session| {
                self.end_one(effect, user, session.id, gone())
            });
            match effect?.commit(table).await {
                // Somebody ended one of them: look again.
                Err(failure) if failure.problem == ENDED_MEANWHILE => {}
                Ok(()) if last => return Ok(()),
                ended => ended?,
            }
        }
        Ok(())
    }
}
