//! What the tests of this context share: people in a table, events as they arrive, and what came of them.

use contracts::identity::AccountChanged;
use contracts::{Envelope, Message};
use kernel::id::Ulid;
use kernel::{Role, UserId, time};
use messaging::Received;
use notifications::Notifications;
use notifications::mail::log::EmailLog;
use notifications::notice::Notice;
use notifications::notify::Told;
use notifications::recipient::Recipients;
use serde_json::{Value, json};
use store::{OutboxItem, Record};
use testkit::Cloud;
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

pub fn envelope(kind: &str, data: Value) -> Envelope {
    Envelope {
        id: Ulid::generate(),
        kind: kind.into(),
        version: 1,
        occurred_at: time::now(),
        producer: "test".into(),
        subject_id: "test".into(),
        actor_id: None,
        correlation_id: "test".into(),
        causation_id: None,
        data,
    }
}

pub fn received<M: Message>(message: M) -> Received<M> {
    let envelope = envelope(M::TYPE, serde_json::to_value(&message).unwrap());
    Received::new(message, envelope, M::TYPE)
}

/// An event of the table of rules, with the sample of its template for whom it concerns.
pub fn told(event: &str, template: &str, user: UserId) -> Received<Told> {
    let mut data = notifications::template::sample(template);
    data.insert("user_id".into(), json!(user));
    let envelope = envelope(event, Value::Object(data.clone()));
    Received::new(Told { event: event.into(), data }, envelope, "notify-people")
}

pub fn caller(user_id: UserId) -> Caller {
    Caller {
        user_id,
        session_id: "session".into(),
        roles: vec![Role::User],
        permissions: Vec::new(),
        authenticated_at: time::now(),
    }
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
        let items = self.cloud.items_of(&self.notifications.table, T::KIND).await;
        items.into_iter().map(|item| T::from_item(item).unwrap()).collect()
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
        let mut items: Vec<OutboxItem> = self.all().await;
        items.sort_by_key(|item| item.id);
        let messages = items.into_iter().flat_map(|item| item.messages).map(|message| message.envelope);
        messages.filter(|envelope| envelope.kind == kind).collect()
    }

    /// The only command of a type, as its consumer gets it.
    pub async fn order<M: Message>(&self) -> Received<M> {
        let mut messages = self.messages(M::TYPE).await;
        let envelope = messages.pop().unwrap_or_else(|| panic!("no {}", M::TYPE));
        assert!(messages.is_empty(), "more than one {}", M::TYPE);
        let message = serde_json::from_value(envelope.data.clone()).unwrap();
        Received::new(message, envelope, M::TYPE)
    }
}
