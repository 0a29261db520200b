//! Keeps the numbers that [`crate::stats`] answers, as identity's own events come.
//!
//! Nothing is counted twice and nothing by reading all. Each account's own item says as what it is counted. The
//! counters are spread over shards, so that log-ins do not wait for each other.

use contracts::identity::{AccountChanged, UserLocked, UserLoggedIn, UserUnlocked};
use contracts::{Envelope, Message};
use kernel::{Failure, Result, Timestamp, UserId, time};
use messaging::{Incoming, Received};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::expression::{number, text, values};
use store::sdk::types::{Delete, Put, Update};
use store::{Key, Record, Transaction};

use crate::Identity;
use crate::account::{Account, Status};
use crate::lockout::{FAILURES_A_DAY, Failures, Lockout};

pub(crate) const SHARDS: usize = 16;
/// A month's log-ins are kept until no answer shows them.
const KEPT: std::time::Duration = time::days(70);

/// What of identity's own events is counted.
#[derive(Debug, Clone)]
pub enum Countable {
    Account(AccountChanged),
    LoggedIn(UserLoggedIn),
    Locked(UserLocked),
    Unlocked(UserUnlocked),
}

impl Incoming for Countable {
    fn types() -> Vec<&'static str> {
        vec![AccountChanged::TYPE, UserLoggedIn::TYPE, UserLocked::TYPE, UserUnlocked::TYPE]
    }

    fn read(envelope: &Envelope) -> Result<Self> {
        match envelope.kind.as_str() {
            AccountChanged::TYPE => Incoming::read(envelope).map(Self::Account),
            UserLoggedIn::TYPE => Incoming::read(envelope).map(Self::LoggedIn),
            UserLocked::TYPE => Incoming::read(envelope).map(Self::Locked),
            _ => Incoming::read(envelope).map(Self::Unlocked),
        }
    }
}

/// As what an account is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Unverified,
    Active,
    Deactivated,
    Suspended,
    Deleted,
}

impl Standing {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unverified => "unverified",
            Self::Active => "active",
            Self::Deactivated => "deactivated",
            Self::Suspended => "suspended",
            Self::Deleted => "deleted",
        }
    }
}

impl From<&Account> for Standing {
    fn from(account: &Account) -> Self {
        match account.status {
            Status::Active if account.is_verified() => Self::Active,
            Status::Active => Self::Unverified,
            Status::Deactivated => Self::Deactivated,
            Status::Suspended => Self::Suspended,
            Status::Deleted => Self::Deleted,
        }
    }
}

/// How an account stands in the totals, and as of which version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Counted {
    pub user_id: UserId,
    pub standing: Standing,
    pub version: u64,
}

impl Counted {
    fn key_of(user: UserId) -> Key {
        Key::new(format!("COUNTED#{user}"), "COUNTED")
    }
}

impl Record for Counted {
    const KIND: &'static str = "counted";

    fn key(&self) -> Key {
        Self::key_of(self.user_id)
    }
}

impl Identity {
    pub async fn count(&self, event: &Received<Countable>) -> Result<()> {
        match &event.message {
            Countable::Account(account) => self.count_account(account.user_id, event).await,
            Countable::LoggedIn(_) => self.count_log_in(event).await,
            Countable::Locked(locked) => self.count_lock(locked.user_id).await,
            Countable::Unlocked(unlocked) => self.count_lock(unlocked.user_id).await,
        }
    }

    /// As the account is now, whatever the event says: it may be late.
    async fn count_account(&self, user: UserId, event: &Received<Countable>) -> Result<()> {
        let [account, counted] = self.table.each([Account::key_of(user), Counted::key_of(user)]).await?;
        let account = account.map(Account::from_item).transpose()?;
        let counted = counted.map(Counted::from_item).transpose()?;
        let now = account.as_ref().map(|account| Counted {
            user_id: user,
            standing: Standing::from(account),
            version: account.version,
        });
        let newest = now
            .as_ref()
            .is_none_or(|now| counted.as_ref().is_none_or(|counted| counted.version < now.version));
        if !newest || (now.is_none() && counted.is_none()) {
            return Ok(());
        }
        let (was, is) = (counted.as_ref().map(|it| it.standing), now.as_ref().map(|it| it.standing));
        let raced = || Failure::unavailable("counted by another one at this moment");
        let mut effect = match &now {
            Some(now) => Transaction::new().put(self.count_as(now, counted.as_ref())?, raced()),
            None => Transaction::new().delete(self.count_no_more(user, counted.as_ref())?, raced()),
        };
        if was != is {
            effect = effect.update(self.shift(event, was, is)?, raced());
        }
        event.commit(&self.table, effect).await.map(drop)
    }

    fn count_as(&self, now: &Counted, before: Option<&Counted>) -> Result<Put> {
        let put = Put::builder().table_name(&self.table.name).set_item(Some(now.to_item()?));
        let put = match before {
            None => put.condition_expression("attribute_not_exists(pk)"),
            Some(before) => put
                .condition_expression("version = :before")
                .expression_attribute_values(":before", number(before.version)),
        };
        put.build().map_err(Failure::internal)
    }

    fn count_no_more(&self, user: UserId, before: Option<&Counted>) -> Result<Delete> {
        Delete::builder()
            .table_name(&self.table.name)
            .set_key(Some(Counted::key_of(user).to_item()))
            .condition_expression("version = :before")
            .expression_attribute_values(":before", number(before.map_or(0, |before| before.version)))
            .build()
            .map_err(Failure::internal)
    }

    fn shift(
        &self,
        event: &Received<Countable>,
        was: Option<Standing>,
        is: Option<Standing>,
    ) -> Result<Update> {
        let changes = [(was, -1), (is, 1)];
        let changes = changes.into_iter().filter_map(|(standing, by)| Some((standing?.name(), by)));
        let mut update =
            Update::builder().table_name(&self.table.name).set_key(Some(totals_key(shard(event)).to_item()));
        let mut terms = Vec::new();
        for (name, by) in changes {
            terms.push(format!("#{name} :{name}"));
            update = update
                .expression_attribute_names(format!("#{name}"), name)
                .expression_attribute_values(format!(":{name}"), number(by));
        }
        update.update_expression(format!("ADD {}", terms.join(", "))).build().map_err(Failure::internal)
    }

    async fn count_log_in(&self, event: &Received<Countable>) -> Result<()> {
        let day = Day::of(event.envelope.occurred_at);
        let update = Update::builder()
            .table_name(&self.table.name)
            .set_key(Some(month_key(shard(event), &day.month).to_item()))
            .update_expression("SET expires = :expires ADD #day :one")
            .expression_attribute_names("#day", day.attribute)
            .set_expression_attribute_values(values([
                (":one", number(1)),
                (":expires", number(time::expiry_seconds(event.envelope.occurred_at + KEPT))),
            ]))
            .build()
            .map_err(Failure::internal)?;
        let refused = Failure::internal("an unconditional write was refused");
        event.commit(&self.table, Transaction::new().update(update, refused)).await.map(drop)
    }

    /// Looks at the lock itself, so that neither order nor repetition matters.
    async fn count_lock(&self, user: UserId) -> Result<()> {
        let [_, a_day] = Lockout::keys(&user.to_string(), "");
        let [counter] = self.table.each([a_day]).await?;
        let counter: Failures = match counter {
            Some(item) => serde_dynamo::from_item(item).map_err(Failure::internal)?,
            None => Failures::default(),
        };
        let key = Key::new("LOCKED", user.to_string());
        let effect = if counter.failures >= FAILURES_A_DAY {
            let mut item = key.to_item();
            item.insert("kind".into(), text("locked"));
            item.insert("until_ms".into(), number(counter.window_ends_ms));
            item.insert("expires".into(), number(counter.window_ends_ms / 1000 + 60));
            Transaction::new().overwrite(&self.table, item)?
        } else {
            Transaction::new().forget(&self.table, &key)?
        };
        effect.commit(&self.table).await
    }
}

/// A day in UTC, and where its log-ins stand.
pub(crate) struct Day {
    /// `2026-11-21`
    pub date: String,
    /// `2026-11`
    pub month: String,
    /// `day_21`
    pub attribute: String,
}

impl Day {
    pub fn of(at: Timestamp) -> Self {
        // RFC 3339 begins with the date, and a timestamp is UTC.
        let date: String = at.to_string().chars().take(10).collect();
        let (month, day) = date.rsplit_once('-').unwrap_or_default();
        Self { month: month.to_owned(), attribute: format!("day_{day}"), date: date.clone() }
    }
}

pub(crate) fn totals_key(shard: usize) -> Key {
    Key::new(format!("STATS#{shard}"), "TOTALS")
}

pub(crate) fn month_key(shard: usize, month: &str) -> Key {
    Key::new(format!("STATS#{shard}"), format!("LOG-INS#{month}"))
}

fn shard(event: &Received<Countable>) -> usize {
    (event.envelope.id.random() % SHARDS as u128) as usize
}
