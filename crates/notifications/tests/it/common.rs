//! What the tests of this context share: people in a table, events as they arrive, and what came of them.

use contracts::identity::AccountChanged;
use contracts::{Envelope, Message};
use kernel::{Role, UserId};
use messaging::Received;
use notifications::Notifications;
use notifications::mail::log::EmailLog;
use notifications::notice::Notice;
use notifications::notify::Told;
use notifications::recipient::Recipients;
use serde_json::{Value, json};
use store::Record;
use testkit::{Cloud, taken};
use web::Caller;

pub fn account(user_id: UserId, version: u64) -> AccountChanged {
    AccountChanged {
        user_id,
        version,
        email: format!("ada-{}@example.com", user_id.to_string().to_lowercase()),
        given_name: "Ada".into(),
        family_name: "Lovelace".into(),
        roles: vec!["user".into()],
        verified: true,
        active: true,
        username: None,
        phone: None,
        group_id: None,
        created_at: None,
    }
}

/// An event of the table of rules, with the sample of its template for whom it concerns.
pub fn told(event: &str, template: &str, user: UserId) -> Received<Told> {
    let mut data = notifications::template::sample(template);
    data.insert("user_id".into(), json!(user));
    let any = testkit::envelope(&account(user, 1));
    taken(Envelope { kind: event.into(), data: Value::Object(data), ..any })
}

pub fn caller(user_id: UserId) -> Caller {
    testkit::caller(user_id, &[Role::User])
}

/// A table with one person in it.
pub struct House {
    pub cloud: Cloud,
    pub notifications: Notifications,
    pub recipients: Recipients,
    pub ada: UserId,
}

impl House {
    pub async fn open() -> Self {
        let cloud = Cloud::open().await;
        let table = cloud.table("notifications").await;
        let house = Self {
            notifications: Notifications { table: table.clone() },
            recipients: Recipients { table },
            cloud,
            ada: UserId::new(),
        };
        house.recipients.keep(account(house.ada, 1)).await.unwrap();
        house
    }

    pub async fn all<T: Record>(&self) -> Vec<T> {
        self.cloud.all(&self.notifications.table).await
    }

    pub async fn notices(&self) -> Vec<Notice> {
        let mut notices: Vec<Notice> = self.all().await;
        notices.sort_by_key(|notice| notice.id);
        notices
    }

    pub async fn mails(&self) -> Vec<EmailLog> {
        self.all().await
    }

    /// Everything in the outbox of one type, oldest first.
    pub async fn messages(&self, kind: &str) -> Vec<Envelope> {
        let messages = self.cloud.messages(&self.notifications.table).await.into_iter();
        messages.filter(|envelope| envelope.kind == kind).collect()
    }

    /// The only command of a type, as its consumer gets it.
    pub async fn order<M: Message>(&self) -> Received<M> {
        let mut messages = self.messages(M::TYPE).await;
        let envelope = messages.pop().unwrap_or_else(|| panic!("no {}", M::TYPE));
        assert!(messages.is_empty(), "more than one {}", M::TYPE);
        taken(envelope)
    }
}
