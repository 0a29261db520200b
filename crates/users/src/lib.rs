//! Users: who people are to each other. Profiles, preferences, workers and what they offer.
//!
//! Identity owns accounts, roles and groups; this context keeps a copy of what it needs of them.
//!
//! Access patterns of the table:
//!
//! | question | key or index | consistency |
//! |---|---|---|
//! | a profile, with preferences and privacy | `USER#<id>` · `PROFILE` | strong |
//! | everybody, by role or group, the active and newest first | index 2, `LIST#<role>#<group>#<shard>` | eventual; the profiles found are read strongly |
//! | whose name, address or number begins so? | index 3, `FIND#everybody#<first letter>` | the same |
//! | the same, public profiles and names only | index 2, `FIND#public#<first letter>` | the same |
//! | where a profile is found beside its own item | `USER#<id>` · `POSTING#…` | written with the profile |
//! | somebody's addresses | `USER#<id>` · `ADDRESSES` | strong |
//! | wishes, blocks | `USER#<id>` · `WISH#<kind>#<target>`, `BLOCK#<user>` | eventual in lists, strong where they decide |
//! | the last log-ins | `USER#<id>` · `LOGIN#<moment>#<session>` | eventual |
//! | the last export | `USER#<id>` · `EXPORT` | strong |
//! | how far an erasure is, and that there was one | `ERASURE#<id>` · `ERASURE` | strong |
//! | how many people | `STATS#<shard>` · `STATS` | eventual, all shards in one call |
//! | what is due? | index 1, `DUE#<what>#<shard>` | eventual |
//! | a worker's profile | `USER#<id>` · `WORKER` | strong |
//! | their certificates, portfolio, work history | `USER#<id>` · `CERTIFICATE#<id>`, `PORTFOLIO#<id>`, `HISTORY#<id>` | strong |
//! | how often they were looked at, and by whom today | `USER#<id>` · `WORKER#VIEWS`, `VIEW#<day>#<viewer>` | strong |
//! | whose pause or certificate ends | gsi1 `PAUSED`, `CERTIFICATES` · moment | eventual |
//! | which workers match | postings, see [`search`] | eventual |

pub mod activity;
pub mod addresses;
pub mod blocks;
pub mod card;
mod change;
pub mod closing;
pub mod directory;
pub mod erasure;
pub mod export;
pub mod keep;
pub mod me;
pub mod person;
pub mod photo;
pub mod preferences;
pub mod profile;
pub mod search;
pub mod stats;
pub mod wishlist;
pub mod worker;

use aws_sdk_dynamodb::types::AttributeValue;
use kernel::Result;
use platform::describe::{Action, Grant};
use platform::model::Entity;
use platform::{Aws, StartError, State};
use store::{Item, OutboxMessage, Pager, Record, Table};

use profile::Profile;

/// What a change of a profile needs: its item, its postings, the counts, the outbox.
pub const EDITS: Grant = Grant::Table(&[Action::Delete, Action::Get, Action::Put, Action::Update]);

/// The context's table.
#[derive(Debug, Clone)]
pub struct Users {
    pub table: Table,
}

impl State for Users {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { table: Table::start(aws)? })
    }
}

/// What pages of somebody's own lists need beside the table.
pub struct Lists {
    pub users: Users,
    pub pager: Pager,
}

impl State for Lists {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { users: Users::start(aws).await?, pager: Pager::start()? })
    }
}

/// What a replay sends for an item of the table.
pub fn snapshot(item: Item) -> Result<Option<OutboxMessage>> {
    if item.get("kind") != Some(&AttributeValue::S(Profile::KIND.into())) {
        return worker::snapshot(item);
    }
    let profile = Profile::from_item(item)?;
    OutboxMessage::event(&profile.snapshot(profile.version)).map(Some)
}

/// The entities, for the documents.
pub fn model() -> Vec<Entity> {
    let mut model = vec![
        Entity::of::<Profile>("Profile", "pk USER#id · sk PROFILE"),
        Entity::of::<addresses::AddressBook>("AddressBook", "pk USER#user_id · sk ADDRESSES"),
        Entity::of::<wishlist::Wish>("Wish", "pk USER#user_id · sk WISH#kind#target_id"),
        Entity::of::<blocks::Block>("Block", "pk USER#user_id · sk BLOCK#blocked_id"),
        Entity::of::<keep::LogIn>("LogIn", "pk USER#user_id · sk LOGIN#at#session_id"),
        Entity::of::<export::Export>("Export", "pk USER#user_id · sk EXPORT"),
        Entity::of::<erasure::Erasure>("Erasure", "pk ERASURE#user_id · sk ERASURE"),
    ];
    model.extend(worker::model());
    model
}
