//! ID-26: what happens to accounts that look attacked.

use contracts::admin::{SecurityAlert, Severity};
use contracts::identity::{AccountChanged, TokenReuseDetected, UserLocked};
use contracts::{Envelope, Message};
use kernel::{Failure, Result, UserId, time};
use messaging::{Incoming, Received};
use store::Transaction;

use crate::account::Account;
use crate::admin::audited;
use crate::audit::{AuditEntry, Deed};
use crate::lockout::Lockout;
use crate::mail::{AccountLocked, IdentityMail};
use crate::operator::Rights;

#[derive(Debug, Clone)]
pub enum Alarm {
    Alert(SecurityAlert),
    Reuse(TokenReuseDetected),
}

impl Incoming for Alarm {
    fn types() -> Vec<&'static str> {
        vec![SecurityAlert::TYPE, TokenReuseDetected::TYPE]
    }

    fn read(envelope: &Envelope) -> Result<Self> {
        match envelope.kind.as_str() {
            SecurityAlert::TYPE => Incoming::read(envelope).map(Self::Alert),
            _ => Incoming::read(envelope).map(Self::Reuse),
        }
    }
}

impl Alarm {
    fn user(&self) -> UserId {
        match self {
            Self::Alert(alert) => alert.user_id,
            Self::Reuse(reuse) => reuse.user_id,
        }
    }

    fn reason(&self) -> &str {
        match self {
            Self::Alert(alert) => &alert.reason,
            Self::Reuse(_) => "a superseded refresh token came back",
        }
    }

    fn is_critical(&self) -> bool {
        matches!(self, Self::Alert(alert) if alert.severity == Severity::Critical)
    }
}

impl Rights {
    /// Ends the sessions of before the alarm. Whoever has proven themselves since stays, unless it is critical:
    /// then every token is worthless and the account takes no password.
    pub async fn guard(&self, alarm: &Received<Alarm>) -> Result<()> {
        let table = &self.identity.table;
        let (user, at) = (alarm.user(), alarm.envelope.occurred_at);
        let Some(mut account) = table.get::<Account>(&Account::key_of(user)).await? else { return Ok(()) };
        let critical = alarm.is_critical();
        if critical {
            account.end_sessions(time::now());
        } else {
            account.sessions_valid_from = account.sessions_valid_from.max(at);
        }
        let ended_before = account.sessions_valid_from;
        let effect = self.changed(Transaction::new(), &account)?;
        account.version += 1;
        let actor = alarm.envelope.actor_id.as_ref().and_then(|actor| actor.parse().ok());
        let deed = if critical { Deed::Locked } else { Deed::SessionsRevoked };
        let entry =
            AuditEntry { reason: Some(alarm.reason().to_owned()), ..AuditEntry::new(user, actor, deed) };
        let mut effect = audited(table, effect, &entry)?.publish(&AccountChanged::from(&account))?;
        if critical {
            let (lock, until) = Lockout::lock(table, &user.to_string())?;
            let email = account.email.to_string();
            effect = effect
                .update(lock, Failure::internal("an unconditional write was refused"))
                .publish(&UserLocked { user_id: user, until })?
                .command(&IdentityMail::AccountLocked(AccountLocked { user_id: user, email }))?;
        }
        let first = alarm.commit(table, effect).await?;
        if critical {
            // A repeated alarm must not end what was opened after an administrator unlocked the account.
            return if first { self.clear_up(user, None).await } else { Ok(()) };
        }
        self.end_each(user, |session| session.created_at < ended_before).await
    }
}
