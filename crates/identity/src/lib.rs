//! Identity: who somebody is, how they prove it, and for how long that holds.
//!
//! Access patterns of the table:
//!
//! | question | key | consistency |
//! |---|---|---|
//! | whose address or name is this? | `EMAIL#<address>`, `USERNAME#<name>` · `GUARD` | strong |
//! | the account | `USER#<id>` · `ACCOUNT` | strong |
//! | the live challenge of an account, by purpose | `USER#<id>` · `CHALLENGE#<purpose>` | strong |
//! | what waits for a code | `USER#<id>` · `OTP#<purpose>`, `OTP#log-in#<which>` | strong |
//! | whose account elsewhere is this? | `OAUTH#<provider>#<subject>` · `GUARD` | strong |
//! | a browser on its way to a provider | `OAUTH#<state>` · `AWAY` | strong |
//! | accounts elsewhere, one-time codes | `USER#<id>` · `LINKED#<provider>#<subject>`, `ONE-TIME#<number>` | strong |
//! | a session | `USER#<id>` · `SESSION#<session>` | strong |
//! | a group, its members | `GROUP#<id>` · `GROUP`, `MEMBER#<user>` | strong |
//! | whose group name is this? | `GROUPNAME#<name>` · `GUARD` | strong |
//! | all groups, by name | index 2: `GROUPS` · `<name>` | eventual |
//! | how groups stand below each other | `GROUPS` · `TREE` | strong |
//! | failed log-ins on an account from an address, or on a day | `LOCK#<account or unknown name>` · `<address or day>` | strong |
//! | who wants an address that is nobody's yet? | `EMAIL#<address>` · `WANTED` | strong |
//! | what administrators did to an account, oldest first | `USER#<id>` · `AUDIT#<entry>` | strong |
//! | when was it last decided who gets in? | `USER#<id>` · `DECIDED` | by condition |
//! | as what is an account counted? | `COUNTED#<id>` · `COUNTED` | strong |
//! | totals and log-ins by day, in shards | `STATS#<shard>` · `TOTALS`, `LOG-INS#<month>` | strong |
//! | which accounts are locked for everybody? | `LOCKED` · `<account>` | eventual |
//!
//! The session registry, which all contexts read, is described in [`web::sessions`].

pub mod account;
pub mod admin;
pub mod audit;
pub mod challenge;
pub mod change_email;
pub mod change_password;
pub mod change_role;
pub mod confirm;
pub mod count;
pub mod create_user;
pub mod deactivate;
pub mod device;
pub mod export;
pub mod follow;
pub mod group;
pub mod group_tree;
pub mod groups;
pub mod guard;
pub mod import;
pub mod issuer;
pub mod jwks;
mod keys;
pub mod lockout;
pub mod log_in;
pub mod log_out;
pub mod mail;
pub mod me;
pub mod membership;
pub mod mfa;
pub mod oauth;
pub mod operator;
pub mod otp;
pub mod own_sessions;
pub mod password;
pub mod phone;
pub mod proof;
pub mod provider;
pub mod refresh;
pub mod register;
pub mod registry;
pub mod reset_password;
pub mod revoke;
pub mod second_factor;
pub mod session;
pub mod signing;
pub mod stats;
pub mod step_up;
pub mod token;
pub mod totp;
pub mod validate;
pub mod verify_email;

pub use issuer::{ISSUES_TOKENS, Issuer, TokenPair};

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck};
use contracts::identity::AccountChanged;
use kernel::{Failure, Result, UserId};
use platform::describe::SchemaOf;
use platform::model::Entity;
use platform::{Aws, StartError, State};
use store::expression::number;
use store::{Item, Key, OutboxMessage, Record, Table};

use account::Account;

/// Secrets of the context, by name.
pub const SIGNING_KEY: &str = "signing-key";
pub const TOKEN_KEY: &str = "token-key";
/// Apart from the token key, so that replacing that one locks nobody out who has an authenticator app.
pub const APP_KEY: &str = "app-key";

/// The context's tables.
#[derive(Debug, Clone)]
pub struct Identity {
    pub table: Table,
}

impl State for Identity {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { table: Table::start(aws)? })
    }
}

impl Identity {
    /// Holds while nobody has changed the account since it was read.
    pub(crate) fn unchanged(&self, account: &Account) -> Result<ConditionCheck> {
        ConditionCheck::builder()
            .table_name(&self.table.name)
            .set_key(Some(account.key().to_item()))
            .condition_expression("version = :read")
            .expression_attribute_values(":read", number(account.version))
            .build()
            .map_err(Failure::internal)
    }

    /// Whose address or name it is.
    pub(crate) async fn owner_of(&self, guard: String) -> Result<Option<UserId>> {
        let [guard] = self.table.each([Key::new(guard, "GUARD")]).await?;
        Ok(guard.as_ref().and_then(owner))
    }
}

/// The account that a guard item reserves its name for.
pub(crate) fn owner(guard: &Item) -> Option<UserId> {
    guard.get("owner").map(AttributeValue::as_s)?.ok()?.parse().ok()
}

/// What a replay sends for an item of the table.
pub fn snapshot(item: Item) -> Result<Option<OutboxMessage>> {
    if item.get("kind") != Some(&AttributeValue::S(Account::KIND.into())) {
        return Ok(None);
    }
    let account = Account::from_item(item)?;
    OutboxMessage::event(&AccountChanged::from(&account)).map(Some)
}

/// The entities, for the documents.
pub fn model() -> Vec<Entity> {
    fn entity<T: schemars::JsonSchema>(name: &'static str, key: &'static str) -> Entity {
        let schema: SchemaOf = |generator| T::json_schema(generator);
        Entity { name, key, schema }
    }
    vec![
        entity::<Account>("Account", "pk USER#id · sk ACCOUNT"),
        entity::<challenge::Challenge>("Challenge", "pk USER#user_id · sk CHALLENGE#purpose"),
        entity::<group::Group>("Group", "pk GROUP#id · sk GROUP · gsi2 GROUPS · name"),
        entity::<group::Member>("Member", "pk GROUP#group_id · sk MEMBER#user_id"),
        entity::<group_tree::Tree>("Tree", "pk GROUPS · sk TREE"),
        entity::<oauth::Away>("Away", "pk OAUTH#state · sk AWAY"),
        entity::<oauth::Linked>("Linked", "pk USER#user_id · sk LINKED#provider#subject"),
        entity::<oauth::OneTime>("OneTime", "pk USER#user_id · sk ONE-TIME#number"),
        entity::<otp::Otp>("Otp", "pk USER#user_id · sk OTP#purpose"),
        entity::<session::Session>("Session", "pk USER#user_id · sk SESSION#id"),
        entity::<audit::AuditEntry>("AuditEntry", "pk USER#user_id · sk AUDIT#id"),
        entity::<count::Counted>("Counted", "pk COUNTED#user_id · sk COUNTED"),
        entity::<lockout::Failures>("Failures", "pk LOCK#subject · sk address or day"),
    ]
}
