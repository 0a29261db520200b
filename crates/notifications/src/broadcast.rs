//! NT-7: an administrator tells one person, everybody with a role, or everybody. Page by page, by a queue, so that it ends
//! whatever dies in between and no transaction grows with the number of people.

use contracts::{Command, Message};
use deserr::Deserr;
use kernel::text::Text;
use kernel::{Failure, Problem, Result, Role, Timestamp, UserId, time, typed_id};
use messaging::Received;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::expression::{number, text};
use store::sdk::types::Update;
use store::{Key, Record, Transaction};
use web::{Accepted, Caller, Once};

use crate::Notifications;
use crate::notice::{Notice, Priority};
use crate::recipient::{Recipient, SHARDS, people};
use crate::rules::SYSTEM;

/// People of one message: their notifications and the next message are one transaction.
const PAGE: usize = 40;

typed_id!(BroadcastId, "Something that many are told.");

/// Exactly one of them.
#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Audience {
    /// One person.
    #[deserr(default)]
    pub user_id: Option<UserId>,
    /// Everybody with this role.
    #[deserr(default)]
    pub role: Option<Role>,
    /// Everybody: true.
    #[deserr(default)]
    pub all: Option<bool>,
}

#[derive(Debug, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewBroadcast {
    pub to: Audience,
    #[schemars(example = &"We are back on Monday")]
    pub title: Text<1, 120>,
    #[schemars(example = &"Caravan is closed for repairs on Sunday night.")]
    pub content: Text<1, 1000>,
    #[deserr(default)]
    pub priority: Option<Priority>,
    /// Where the app goes on: a path of its own.
    #[deserr(default)]
    #[schemars(example = &"/news")]
    pub action_url: Option<Text<1, 300>>,
}

/// What many are told, and how far it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Broadcast {
    pub id: BroadcastId,
    pub title: String,
    pub content: String,
    pub priority: Priority,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action_url: Option<String>,
    /// None: everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// People who have been told.
    pub reached: u64,
    pub created_by: UserId,
    pub created_at: Timestamp,
}

impl Broadcast {
    pub fn key_of(id: BroadcastId) -> Key {
        Key::new(format!("BROADCAST#{id}"), "BROADCAST")
    }

    fn notice(&self, user: UserId) -> Notice {
        let notice = Notice::new(user, SYSTEM, self.title.clone(), self.content.clone(), self.priority);
        Notice { action_url: self.action_url.clone(), ..notice }
    }
}

impl Record for Broadcast {
    const KIND: &'static str = "broadcast";

    fn key(&self) -> Key {
        Self::key_of(self.id)
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.created_at + time::days(90))
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct BroadcastView {
    pub id: BroadcastId,
    pub created_at: Timestamp,
}

/// The next page of people of one partition is to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FanOut {
    pub broadcast_id: BroadcastId,
    pub shard: u8,
    /// The last one of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl Message for FanOut {
    const TYPE: &'static str = "notifications.fan_out";

    fn subject(&self) -> String {
        self.broadcast_id.to_string()
    }
}

impl Command for FanOut {
    const QUEUE: &'static str = "fan-out-broadcast";
}

impl Notifications {
    pub async fn broadcast(
        &self,
        caller: &Caller,
        once: Once,
        new: &NewBroadcast,
    ) -> Result<Accepted<BroadcastView>> {
        let action_url = new.action_url.as_ref().map(ToString::to_string);
        if action_url.as_ref().is_some_and(|url| !url.starts_with('/') || url.starts_with("//")) {
            return Err(Failure::field("/action_url", "must be a path of the app, like /news"));
        }
        let broadcast = Broadcast {
            id: BroadcastId::new(),
            title: new.title.to_string(),
            content: new.content.to_string(),
            priority: new.priority.unwrap_or(Priority::Normal),
            action_url,
            role: new.to.role,
            reached: 0,
            created_by: caller.user_id,
            created_at: time::now(),
        };
        let view = BroadcastView { id: broadcast.id, created_at: broadcast.created_at };
        let mut effect =
            Transaction::new().create(&self.table, &broadcast, Failure::internal("an id used twice"))?;
        effect = match (new.to.user_id, new.to.role, new.to.all) {
            (Some(user), None, None | Some(false)) => self.tell_one(effect, &broadcast, user).await?,
            (None, Some(_), None | Some(false)) | (None, None, Some(true)) => (0..SHARDS)
                .try_fold(effect, |effect, shard| {
                    effect.command(&FanOut { broadcast_id: broadcast.id, shard, after: None })
                })?,
            _ => return Err(Failure::field("/to", "must name exactly one: a user_id, a role, or all")),
        };
        once.commit(&self.table, effect, Accepted(view)).await
    }

    async fn tell_one(
        &self,
        effect: Transaction,
        broadcast: &Broadcast,
        user: UserId,
    ) -> Result<Transaction> {
        let recipient: Option<Recipient> = self.table.get(&Recipient::key_of(user)).await?;
        if recipient.is_none_or(|recipient| recipient.is_nobody()) {
            return Err(Failure::field("/to/user_id", "is nobody"));
        }
        broadcast.notice(user).add(effect, &self.table)
    }

    /// One page, each person once: the record that the message was done is part of it.
    pub async fn fan_out(&self, order: &Received<FanOut>) -> Result<()> {
        let broadcast: Option<Broadcast> = self.table.get(&Broadcast::key_of(order.broadcast_id)).await?;
        let Some(broadcast) = broadcast else { return Ok(()) };
        let mut query = self
            .table
            .client
            .query()
            .table_name(&self.table.name)
            .index_name("gsi2")
            .key_condition_expression("gsi2pk = :people AND gsi2sk > :after")
            .expression_attribute_values(":people", text(people(order.shard)))
            .limit(i32::try_from(PAGE).unwrap_or(i32::MAX));
        query = query.expression_attribute_values(":after", text(order.after.as_deref().unwrap_or("0")));
        let items = query.send().await.map_err(store::failure)?.items.unwrap_or_default();
        let full = items.len() == PAGE;
        let page = items.into_iter().map(Recipient::from_item).collect::<Result<Vec<_>>>()?;
        let (mut effect, mut reached) = (Transaction::new(), 0);
        let wanted = |recipient: &&Recipient| {
            broadcast.role.is_none_or(|role| recipient.roles.iter().any(|own| own == role.name()))
        };
        for recipient in page.iter().filter(wanted) {
            effect = broadcast.notice(recipient.user_id).add(effect, &self.table)?;
            reached += 1;
        }
        if let Some(last) = page.last().filter(|_| full) {
            let after = Some(last.user_id.to_string());
            effect = effect.command(&FanOut { after, ..order.message.clone() })?;
        }
        if reached > 0 {
            effect =
                effect.update(self.count(&broadcast, reached)?, Problem::CONFLICT.because("It is gone."));
        }
        order.commit(&self.table, effect).await.map(drop)
    }

    fn count(&self, broadcast: &Broadcast, reached: u32) -> Result<Update> {
        Update::builder()
            .table_name(&self.table.name)
            .set_key(Some(broadcast.key().to_item()))
            .update_expression("ADD reached :reached")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":reached", number(reached))
            .build()
            .map_err(Failure::internal)
    }
}
