//! How people are reached: a projection of identity's accounts, and of what users knows of their wishes.

use std::collections::BTreeMap;

use contracts::identity::AccountChanged;
use contracts::users::{PreferencesUpdated, ProfileChanged};
use contracts::{Envelope, Message};
use kernel::time::Clock;
use kernel::{Failure, Result, UserId};
use messaging::{Incoming, Received};
use platform::{Aws, StartError, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::expression::{number, text};
use store::sdk::operation::put_item::PutItemError;
use store::sdk::operation::update_item::UpdateItemError;
use store::sdk::types::AttributeValue;
use store::{Key, Record, Table};

use crate::rules::Channel;

/// Partitions of the list of everybody.
pub const SHARDS: u8 = 4;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Recipient {
    pub user_id: UserId,
    /// Identity's version: the newest wins, whatever order they come in.
    pub version: u64,
    pub email: String,
    pub given_name: String,
    pub family_name: String,
    /// Mail goes to verified addresses of active accounts only.
    pub reachable: bool,
    #[serde(default)]
    pub roles: Vec<String>,
    /// Proven by a text message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

impl Recipient {
    pub fn key_of(user: UserId) -> Key {
        Key::new(pk(user), "RECIPIENT")
    }

    /// In place of somebody who was erased: newer than any news.
    pub fn nobody(user_id: UserId) -> Self {
        Self {
            user_id,
            version: u64::MAX,
            email: String::new(),
            given_name: String::new(),
            family_name: String::new(),
            reachable: false,
            roles: Vec::new(),
            phone: None,
        }
    }

    pub fn is_nobody(&self) -> bool {
        self.version == u64::MAX
    }
}

/// The partition of everything about one person.
pub fn pk(user: UserId) -> String {
    format!("USER#{user}")
}

/// The list of everybody who is told what everybody is told.
pub fn people(shard: u8) -> String {
    format!("PEOPLE#{shard}")
}

impl Record for Recipient {
    const KIND: &'static str = "recipient";

    fn key(&self) -> Key {
        Self::key_of(self.user_id)
    }

    fn indexes(&self) -> Vec<(u8, Key)> {
        let shard = (self.user_id.ulid().random() % u128::from(SHARDS)) as u8;
        let listed = self.reachable.then(|| (2, Key::new(people(shard), self.user_id.to_string())));
        listed.into_iter().collect()
    }
}

impl From<AccountChanged> for Recipient {
    fn from(account: AccountChanged) -> Self {
        Self {
            user_id: account.user_id,
            version: account.version,
            email: account.email,
            given_name: account.given_name,
            family_name: account.family_name,
            reachable: account.verified && account.active,
            roles: account.roles,
            phone: account.phone,
        }
    }
}

/// By which ways somebody may be told, where they have said so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Choice {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_app: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sms: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push: Option<bool>,
}

impl Choice {
    pub fn of(&self, channel: Channel) -> Option<bool> {
        match channel {
            Channel::InApp => self.in_app,
            Channel::Email => self.email,
            Channel::Sms => self.sms,
            Channel::Push => self.push,
        }
    }
}

/// What users knows of somebody's wishes, in two parts that are told apart from each other.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Wishes {
    pub language: Option<String>,
    pub timezone: Option<String>,
    /// Of the profile that said so.
    pub profile_version: u64,
    pub preferences: Option<Asked>,
    /// When the preferences were told, in milliseconds since 1970: the newest wins.
    pub told_ms: i64,
}

/// The part of users' preferences that is about being told; the rest of the document is not ours.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Asked {
    pub channels: Choice,
    pub types: BTreeMap<String, Choice>,
    pub quiet_hours: Option<QuietHours>,
}

/// When nothing but the urgent may disturb.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct QuietHours {
    pub enabled: bool,
    pub start: Clock,
    pub end: Clock,
}

impl Wishes {
    pub fn key_of(user: UserId) -> Key {
        Key::new(pk(user), "WISHES")
    }
}

/// What others tell of people.
#[derive(Debug, Clone)]
pub enum PersonTold {
    Account(AccountChanged),
    Profile(ProfileChanged),
    Preferences(PreferencesUpdated),
}

impl Incoming for PersonTold {
    fn types() -> Vec<&'static str> {
        vec![AccountChanged::TYPE, PreferencesUpdated::TYPE, ProfileChanged::TYPE]
    }

    fn read(envelope: &Envelope) -> Result<Self> {
        match envelope.kind.as_str() {
            ProfileChanged::TYPE => Incoming::read(envelope).map(Self::Profile),
            PreferencesUpdated::TYPE => Incoming::read(envelope).map(Self::Preferences),
            _ => Incoming::read(envelope).map(Self::Account),
        }
    }
}

/// The projection.
#[derive(Debug, Clone)]
pub struct Recipients {
    pub table: Table,
}

impl State for Recipients {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { table: Table::start(aws)? })
    }
}

impl Recipients {
    pub async fn hear(&self, told: Received<PersonTold>) -> Result<()> {
        let at = told.envelope.occurred_at.as_millisecond();
        match told.message {
            PersonTold::Account(account) => self.keep(account).await,
            PersonTold::Profile(profile) => self.keep_profile(profile).await,
            PersonTold::Preferences(preferences) => self.keep_preferences(preferences, at).await,
        }
    }

    /// Keeps the newest state. Being told twice, or late, changes nothing.
    pub async fn keep(&self, account: AccountChanged) -> Result<()> {
        let recipient = Recipient::from(account);
        let kept = self
            .table
            .client
            .put_item()
            .table_name(&self.table.name)
            .set_item(Some(recipient.to_item()?))
            .condition_expression("attribute_not_exists(pk) OR version < :version")
            .expression_attribute_values(":version", number(recipient.version));
        // The check of a notification may hold the item.
        match store::patiently(|| kept.clone().send()).await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(()),
                Some(_) => Err(store::failure(error)),
                None => Err(Failure::unavailable("DynamoDB did not answer")),
            },
        }
    }

    async fn keep_profile(&self, profile: ProfileChanged) -> Result<()> {
        let values = [
            ("language", text(&profile.language)),
            ("timezone", text(&profile.timezone)),
            ("profile_version", number(profile.version)),
        ];
        self.keep_wishes(profile.user_id, "profile_version", values.into()).await
    }

    async fn keep_preferences(&self, told: PreferencesUpdated, at: i64) -> Result<()> {
        let asked: Asked = serde_json::from_value(told.preferences).map_err(Failure::internal)?;
        let asked = serde_dynamo::to_attribute_value(asked).map_err(Failure::internal)?;
        self.keep_wishes(told.user_id, "told_ms", vec![("preferences", asked), ("told_ms", number(at))]).await
    }

    /// Writes one part when it is newer by `newest`. Nothing of somebody who was erased comes back.
    async fn keep_wishes(
        &self,
        user: UserId,
        newest: &str,
        values: Vec<(&str, AttributeValue)>,
    ) -> Result<()> {
        let nobody = self.table.get::<Recipient>(&Recipient::key_of(user)).await?;
        if nobody.is_some_and(|recipient| recipient.is_nobody()) {
            return Ok(());
        }
        let mut update = self
            .table
            .client
            .update_item()
            .table_name(&self.table.name)
            .set_key(Some(Wishes::key_of(user).to_item()))
            .condition_expression(format!("attribute_not_exists({newest}) OR {newest} < :{newest}"));
        let mut sets = vec!["kind = :kind".to_owned()];
        update = update.expression_attribute_values(":kind", text("wishes"));
        for (at, (name, value)) in values.into_iter().enumerate() {
            // `language` and `timezone` may be words of DynamoDB's own.
            update = update.expression_attribute_names(format!("#n{at}"), name);
            update = update.expression_attribute_values(format!(":{name}"), value);
            sets.push(format!("#n{at} = :{name}"));
        }
        match update.update_expression(format!("SET {}", sets.join(", "))).send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(()),
                _ => Err(store::failure(error)),
            },
        }
    }
}
