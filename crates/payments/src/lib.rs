//! Payments: what is due, what came, what went back, and the ledger that accounts for each unit of it.
//!
//! The owner of a subject (a booking) says what is due and hears what came of it; an amount never comes from a client. The
//! provider's word is the truth about money, ours about what it is for.
//!
//! Access patterns of the table:
//!
//! | question | key | consistency |
//! |---|---|---|
//! | what is due for an instalment | `SUBJECT#<kind>#<id>` · `DUE#<instalment>` | strong |
//! | what was paid for a subject | `SUBJECT#<kind>#<id>` · `PAID#<payment>` | strong |
//! | the refund that was asked for by a key | `SUBJECT#<kind>#<id>` · `ORDER#<key>` | strong |
//! | a payment, a refund | `PAYMENT#<id>` · `PAYMENT`, `REFUND#<id>` · `REFUND` | strong |
//! | a movement of money, and its entries by account | `MOVEMENT#<id>` · `MOVEMENT`, `LEDGER#<account>` · `<movement>#<n>` | strong |
//! | what the provider told us | `EVENT#<id>` · `EVENT` | strong |
//! | what waits to be asked after or to be processed | index 1: `POLL` or `EVENTS` · time | eventual |
//! | everything of a person | index 2: `USER#<id>` · kind and id | eventual |
//! | lists for administrators | index 3: `PAYMENTS`, `MOVEMENTS`, `PROMOS` | eventual |
//! | a promotion, and how often it is used | `PROMO#<code>` · `PROMO`, `USES` | strong |
//! | what moved on a day | `COUNT#<year>` · `<date>#<currency>` | eventual |

pub mod advance;
pub mod analytics;
pub mod check;
pub mod checkout;
pub mod config;
pub mod due;
pub mod fees;
pub mod keys;
pub mod ledger;
pub mod list;
pub mod offline;
pub mod payment;
pub mod personal;
pub mod poll;
pub mod promo;
pub mod refund;
pub mod session;
pub mod signature;
pub mod stripe;
pub mod webhook;
pub mod wire;

use contracts::payments::Subject;
use kernel::Result;
use platform::describe::{Limit, Per, SchemaOf};
use platform::model::Entity;
use platform::{Aws, StartError, State};
use store::{Item, OutboxMessage, Pager, Record, Table};

use crate::stripe::Stripe;

/// What pays and asks for payments may do so (gateway.md's table).
pub const PAYING: Limit = Limit { name: "pay", count: 5, window: kernel::time::minutes(5), per: Per::Caller };

/// The context's table.
#[derive(Debug, Clone)]
pub struct Payments {
    pub table: Table,
}

impl State for Payments {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { table: Table::start(aws)? })
    }
}

/// The table and the provider: for whatever has to ask or tell it.
pub struct Cashier {
    pub payments: Payments,
    pub stripe: Stripe,
}

impl State for Cashier {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { payments: Payments::start(aws).await?, stripe: Stripe::start(aws).await? })
    }
}

/// The table and the cursors of its lists.
pub struct Lists {
    pub payments: Payments,
    pub pager: Pager,
}

impl State for Lists {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { payments: Payments::start(aws).await?, pager: Pager::start()? })
    }
}

/// The partition of everything about one subject.
pub(crate) fn subject_key(about: &Subject) -> String {
    format!("SUBJECT#{}#{}", about.kind, about.id)
}

/// The index partition of everything of one person.
pub(crate) fn user_key(user: kernel::UserId) -> String {
    format!("USER#{user}")
}

/// The snapshot of an item, for a replay: promotions have one.
pub fn snapshot(item: Item) -> Result<Option<OutboxMessage>> {
    let kind = item.get("kind").and_then(|kind| kind.as_s().ok()).map(String::as_str);
    if kind != Some(promo::Promo::KIND) {
        return Ok(None);
    }
    OutboxMessage::event(&promo::Promo::from_item(item)?.told()).map(Some)
}

/// The entities, for the documents.
pub fn model() -> Vec<Entity> {
    fn entity<T: schemars::JsonSchema>(name: &'static str, key: &'static str) -> Entity {
        let schema: SchemaOf = |generator| T::json_schema(generator);
        Entity { name, key, schema }
    }
    vec![
        entity::<due::Due>("Due", "pk SUBJECT#kind#id · sk DUE#instalment"),
        entity::<payment::Payment>("Payment", "pk PAYMENT#id · sk PAYMENT"),
        entity::<refund::Refund>("Refund", "pk REFUND#id · sk REFUND"),
        entity::<refund::RefundOrder>("RefundOrder", "pk SUBJECT#kind#id · sk ORDER#key"),
        entity::<ledger::Movement>("Movement", "pk MOVEMENT#id · sk MOVEMENT"),
        entity::<ledger::LedgerEntry>("LedgerEntry", "pk LEDGER#account · sk movement#n"),
        entity::<webhook::WebhookEvent>("WebhookEvent", "pk EVENT#id · sk EVENT"),
        entity::<promo::Promo>("Promo", "pk PROMO#code · sk PROMO"),
    ]
}
