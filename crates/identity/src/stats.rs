//! ID-23: how many accounts there are in which state, who signs in, and who is locked.
//!
//! Nothing is counted twice and nothing by reading all: a consumer of identity's own events keeps the counters.
//! Each account's own item says as what it is counted. The counters are spread over shards, so that log-ins do
//! not wait for each other.

use contracts::identity::{AccountChanged, UserLocked, UserLoggedIn, UserUnlocked};
use contracts::{Envelope, Message};
use kernel::{Failure, Result, Timestamp, UserId, time};
use messaging::{Incoming, Received};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::expression::{number, text, values};
use store::sdk::types::{AttributeValue, Delete, Put, Select, Update};
use store::{Item, Key, Record, Transaction};
use web::Json;

use crate::Identity;
use crate::account::{Account, Status};
use crate::lockout::{FAILURES_A_DAY, Failures, Lockout};

const SHARDS: usize = 16;
/// Days that are answered.
const DAYS: u64 = 30;
/// A month's log-ins are kept until no answer shows them.
const KEPT: std::time::Duration = time::days(70);
/// Locked accounts that are counted one by one.
const MOST_LOCKED: i32 = 1_000;

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
    const fn name(self) -> &'static str {
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
        let [account, counted] = self.items([Account::key_of(user), Counted::key_of(user)]).await?;
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
        let [counter] = self.items([a_day]).await?;
        let counter: Failures = match counter {
            Some(item) => serde_dynamo::from_item(item).map_err(Failure::internal)?,
            None => Failures::default(),
        };
        let refused = Failure::internal("an unconditional write was refused");
        let key = Key::new("LOCKED", user.to_string()).to_item();
        let effect = if counter.failures >= FAILURES_A_DAY {
            let mut item = key;
            item.insert("kind".into(), text("locked"));
            item.insert("until_ms".into(), number(counter.window_ends_ms));
            item.insert("expires".into(), number(counter.window_ends_ms / 1000 + 60));
            let put = Put::builder().table_name(&self.table.name).set_item(Some(item)).build();
            Transaction::new().put(put.map_err(Failure::internal)?, refused)
        } else {
            let delete = Delete::builder().table_name(&self.table.name).set_key(Some(key)).build();
            Transaction::new().delete(delete.map_err(Failure::internal)?, refused)
        };
        effect.commit(&self.table).await
    }
}

/// What administrators see of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Stats {
    pub accounts: Totals,
    /// Accounts that take no password now; 1,000 means as many or more.
    pub locked: u32,
    /// Of the last thirty days (UTC), today last.
    pub log_ins: Vec<LogIns>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Totals {
    pub unverified: u64,
    pub active: u64,
    pub deactivated: u64,
    pub suspended: u64,
    pub deleted: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LogIns {
    #[schemars(extend("format" = "date"))]
    pub day: String,
    pub count: u64,
}

impl Identity {
    /// Two calls, however many accounts there are.
    pub async fn stats(&self) -> Result<Json<Stats>> {
        let now = time::now();
        let days: Vec<_> = (0..DAYS).rev().map(|ago| Day::of(now - time::days(ago))).collect();
        let (first, last) = (&days[0].month, &days[days.len() - 1].month);
        let totals: [Key; SHARDS] = std::array::from_fn(totals_key);
        let months: [Key; SHARDS] = std::array::from_fn(|shard| month_key(shard, last));
        // Thirty days reach into at most one month before; within one month both are the same items.
        let before: [Key; SHARDS] = std::array::from_fn(|shard| {
            let month = if first == last { "none" } else { first };
            month_key(shard, month)
        });
        let keys: [Key; 3 * SHARDS] =
            std::array::from_fn(|at| [&totals, &before, &months][at / SHARDS][at % SHARDS].clone());
        let items = self.items(keys).await?;
        let sum = |part: usize, attribute: &str| {
            let items = items[part * SHARDS..(part + 1) * SHARDS].iter().flatten();
            u64::try_from(items.map(|item| value(item, attribute)).sum::<i64>()).unwrap_or(0)
        };
        let total = |standing: Standing| sum(0, standing.name());
        let log_ins = days.iter().map(|day| LogIns {
            count: sum(if day.month == *last { 2 } else { 1 }, &day.attribute),
            day: day.date.clone(),
        });
        Ok(Json::new(Stats {
            accounts: Totals {
                unverified: total(Standing::Unverified),
                active: total(Standing::Active),
                deactivated: total(Standing::Deactivated),
                suspended: total(Standing::Suspended),
                deleted: total(Standing::Deleted),
            },
            locked: self.locked(now).await?,
            log_ins: log_ins.collect(),
        }))
    }

    async fn locked(&self, now: Timestamp) -> Result<u32> {
        let query = self
            .table
            .client
            .query()
            .table_name(&self.table.name)
            .key_condition_expression("pk = :pk")
            .filter_expression("until_ms > :now")
            .expression_attribute_values(":pk", text("LOCKED"))
            .expression_attribute_values(":now", number(now.as_millisecond()))
            .select(Select::Count)
            .limit(MOST_LOCKED);
        let answer = query.send().await.map_err(store::failure)?;
        Ok(u32::try_from(answer.count()).unwrap_or(0))
    }
}

/// A day in UTC, and where its log-ins stand.
struct Day {
    /// `2026-11-21`
    date: String,
    /// `2026-11`
    month: String,
    /// `day_21`
    attribute: String,
}

impl Day {
    fn of(at: Timestamp) -> Self {
        // RFC 3339 begins with the date, and a timestamp is UTC.
        let date: String = at.to_string().chars().take(10).collect();
        let (month, day) = date.rsplit_once('-').unwrap_or_default();
        Self { month: month.to_owned(), attribute: format!("day_{day}"), date: date.clone() }
    }
}

fn totals_key(shard: usize) -> Key {
    Key::new(format!("STATS#{shard}"), "TOTALS")
}

fn month_key(shard: usize, month: &str) -> Key {
    Key::new(format!("STATS#{shard}"), format!("LOG-INS#{month}"))
}

fn shard(event: &Received<Countable>) -> usize {
    (event.envelope.id.random() % SHARDS as u128) as usize
}

fn value(item: &Item, attribute: &str) -> i64 {
    item.get(attribute).map(AttributeValue::as_n).and_then(|n| n.ok()?.parse().ok()).unwrap_or(0)
}
