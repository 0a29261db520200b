//! ID-25: what happens to accounts because of what users tells.
//!
//! Messages overtake each other, so an older decision about letting somebody in never undoes a newer one, and
//! nothing undoes a deletion.

use contracts::identity::AccountChanged;
use contracts::users::{
    EmailChangeRequested, PartDone, UserActivated, UserDeactivated, UserDeleted, UserErased,
};
use contracts::{Envelope, Message};
use kernel::text::Email;
use kernel::{Failure, Problem, Result, Timestamp, UserId, time};
use messaging::{Incoming, Received};
use store::expression::{number, text};
use store::sdk::types::Put;
use store::{Key, Transaction};

use crate::account::{Account, SecondFactor, Status, email_guard};
use crate::oauth::{LINKED, OAUTH};
use crate::operator::Rights;
use crate::password::PasswordHash;

/// What users tells that concerns an account.
#[derive(Debug, Clone)]
pub enum UserNews {
    Deactivated(UserDeactivated),
    Activated(UserActivated),
    Deleted(UserDeleted),
    Erased(UserErased),
    EmailChangeRequested(EmailChangeRequested),
}

impl Incoming for UserNews {
    fn types() -> Vec<&'static str> {
        vec![
            UserDeactivated::TYPE,
            UserActivated::TYPE,
            UserDeleted::TYPE,
            UserErased::TYPE,
            EmailChangeRequested::TYPE,
        ]
    }

    fn read(envelope: &Envelope) -> Result<Self> {
        match envelope.kind.as_str() {
            UserDeactivated::TYPE => Incoming::read(envelope).map(Self::Deactivated),
            UserActivated::TYPE => Incoming::read(envelope).map(Self::Activated),
            UserDeleted::TYPE => Incoming::read(envelope).map(Self::Deleted),
            UserErased::TYPE => Incoming::read(envelope).map(Self::Erased),
            _ => Incoming::read(envelope).map(Self::EmailChangeRequested),
        }
    }
}

impl UserNews {
    fn user(&self) -> UserId {
        match self {
            Self::Deactivated(news) => news.user_id,
            Self::Activated(news) => news.user_id,
            Self::Deleted(news) => news.user_id,
            Self::Erased(news) => news.user_id,
            Self::EmailChangeRequested(news) => news.user_id,
        }
    }
}

const OVERTAKEN: Problem = Problem::new("overtaken", 409, "A newer decision came first");

impl Rights {
    pub async fn follow(&self, news: &Received<UserNews>) -> Result<()> {
        let table = &self.identity.table;
        let (user, at) = (news.user(), news.envelope.occurred_at);
        if let UserNews::Erased(_) = news.message {
            return self.erase(user, news).await;
        }
        let Some(account) = table.get::<Account>(&Account::key_of(user)).await? else { return Ok(()) };
        if account.status == Status::Deleted {
            return Ok(());
        }
        let effect = match &news.message {
            UserNews::Deactivated(_) => self.suspended(account, at)?,
            UserNews::Activated(_) => self.taken_back(account, at)?,
            UserNews::Deleted(_) => self.deleted(account).await?,
            UserNews::EmailChangeRequested(wish) => return self.challenge_change(account, wish, news).await,
            UserNews::Erased(_) => return Ok(()),
        };
        match news.commit(table, effect).await {
            Err(failure) if failure.problem == OVERTAKEN => Ok(()),
            // For the first time: later, somebody may have been let in again.
            Ok(true) if !matches!(news.message, UserNews::Activated(_)) => self.clear_up(user, None).await,
            done => done.map(drop),
        }
    }

    /// Every session ends with the same write.
    fn suspended(&self, mut account: Account, at: Timestamp) -> Result<Transaction> {
        account.status = Status::Suspended;
        account.end_sessions(time::now());
        self.told(self.decided(account.id, at)?, account)
    }

    fn taken_back(&self, mut account: Account, at: Timestamp) -> Result<Transaction> {
        account.status = Status::Active;
        self.told(self.decided(account.id, at)?, account)
    }

    /// Nothing opens the account any more. Its names stay reserved until it is erased.
    async fn deleted(&self, mut account: Account) -> Result<Transaction> {
        account.status = Status::Deleted;
        account.password_hash = PasswordHash::unusable();
        account.second_factor = SecondFactor::None;
        account.end_sessions(time::now());
        let group = account.group_id.take();
        let mut effect = self.told(Transaction::new(), account.clone())?;
        if let Some(group) = group {
            effect = self.leave(effect, group, account.id)?;
        }
        for key in self.keys_below(account.id, "CHALLENGE#").await? {
            effect = effect.forget(&self.identity.table, &key)?;
        }
        Ok(effect)
    }

    fn told(&self, effect: Transaction, mut account: Account) -> Result<Transaction> {
        let effect = self.changed(effect, &account)?;
        account.version += 1;
        effect.publish(&AccountChanged::from(&account))
    }

    /// Holds unless a later decision was followed already.
    fn decided(&self, user: UserId, at: Timestamp) -> Result<Transaction> {
        let mut item = Key::new(format!("USER#{user}"), "DECIDED").to_item();
        item.insert("kind".into(), text("decided"));
        item.insert("decided_at_ms".into(), number(at.as_millisecond()));
        let put = Put::builder()
            .table_name(&self.identity.table.name)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk) OR decided_at_ms <= :at")
            .expression_attribute_values(":at", number(at.as_millisecond()))
            .build()
            .map_err(Failure::internal)?;
        Ok(Transaction::new().put(put, OVERTAKEN.because("never shown")))
    }

    /// Whether the new address is free shows when it is proven; until then nobody learns of it.
    async fn challenge_change(
        &self,
        account: Account,
        wish: &EmailChangeRequested,
        news: &Received<UserNews>,
    ) -> Result<()> {
        let email: Email = wish.email.parse().map_err(Failure::internal)?;
        let taken = self.identity.owner_of(email_guard(&email)).await?.is_some();
        if taken || !account.is_active() {
            return Ok(());
        }
        let unchanged = self.identity.unchanged(&account)?;
        let effect = Transaction::new().check(unchanged, Failure::unavailable("changed at this moment"));
        let effect = self.identity.wants_address(effect, &account, &email)?;
        news.commit(&self.identity.table, effect).await.map(drop)
    }
}

impl Rights {
    /// Everything about the person goes, and their names are free. Others get a last state without them.
    async fn erase(&self, user: UserId, news: &Received<UserNews>) -> Result<()> {
        let table = &self.identity.table;
        let done = PartDone::erased(user, "identity");
        let account = table.get::<Account>(&Account::key_of(user)).await?;
        let mut effect = Transaction::new().command(&done)?;
        if let Some(account) = account {
            self.end_each(user, |_| true).await?;
            self.erase_the_rest(user).await?;
            effect = self.erased(effect, account)?;
        }
        news.commit(table, effect).await.map(drop)
    }

    /// What stands beside the account.
    async fn erase_the_rest(&self, user: UserId) -> Result<()> {
        let account = Account::key_of(user);
        loop {
            let mut keys = self.keys_below(user, "").await?;
            keys.retain(|key| *key != account);
            if keys.is_empty() {
                return Ok(());
            }
            let mut effect = Transaction::new();
            for key in keys {
                // Somebody may open another account with the same one elsewhere.
                if let Some(elsewhere) = key.sk.strip_prefix(LINKED) {
                    let guard = Key::new(format!("{OAUTH}{elsewhere}"), "GUARD");
                    effect = effect.forget(&self.identity.table, &guard)?;
                }
                effect = effect.forget(&self.identity.table, &key)?;
            }
            effect.commit(&self.identity.table).await?;
        }
    }

    fn erased(&self, effect: Transaction, account: Account) -> Result<Transaction> {
        let (table, id) = (&self.identity.table, account.id.to_string());
        let stranger = || Failure::internal("a guard of somebody else");
        let email = crate::change_email::free(table, &email_guard(&account.email), &id)?;
        let mut effect = effect
            .discard(table, &account, Failure::unavailable("changed at this moment"))?
            .delete(email, stranger())
            .delete(self.registry.forget(account.id)?, Failure::internal("a delete was refused"));
        if let Some(username) = &account.username {
            let guard = crate::account::username_guard(username);
            effect = effect.delete(crate::change_email::free(table, &guard, &id)?, stranger());
        }
        if let Some(group) = account.group_id {
            effect = self.leave(effect, group, account.id)?;
        }
        effect.publish(&AccountChanged {
            user_id: account.id,
            version: account.version + 1,
            // A name that never resolves (RFC 2606), so that no mail is ever sent there.
            email: format!("{}@erased.invalid", id.to_lowercase()),
            given_name: "Erased".into(),
            family_name: "Account".into(),
            roles: Vec::new(),
            verified: false,
            active: false,
            username: None,
            phone: None,
            group_id: None,
            created_at: Some(account.created_at),
        })
    }

    /// Up to 80 keys of what stands beside an account.
    async fn keys_below(&self, user: UserId, prefix: &str) -> Result<Vec<Key>> {
        let table = &self.identity.table;
        let mut query = table
            .client
            .query()
            .table_name(&table.name)
            .expression_attribute_values(":pk", text(format!("USER#{user}")))
            .projection_expression("pk, sk")
            .consistent_read(true)
            .limit(80);
        query = match prefix {
            "" => query.key_condition_expression("pk = :pk"),
            prefix => query
                .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
                .expression_attribute_values(":sk", text(prefix)),
        };
        let items = query.send().await.map_err(store::failure)?.items.unwrap_or_default();
        let part = |item: &store::Item, name: &str| item.get(name)?.as_s().ok().cloned();
        Ok(items.iter().filter_map(|item| Some(Key::new(part(item, "pk")?, part(item, "sk")?))).collect())
    }
}
