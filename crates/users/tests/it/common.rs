//! What the tests of this context share.

use std::collections::BTreeMap;

use contracts::identity::AccountChanged;
use contracts::{Envelope, Message};
use kernel::id::Ulid;
use kernel::{Role, Timestamp, UserId, time};
use messaging::Received;
use platform::files::Files;
use serde_json::Value;
use store::{OutboxItem, Record, Table};
use testkit::Cloud;
use users::Users;
use users::profile::Profile;
use web::{Caller, Reply};

pub struct Scene {
    pub cloud: Cloud,
    pub users: Users,
}

pub fn account(user_id: UserId, version: u64) -> AccountChanged {
    AccountChanged {
        user_id,
        version,
        email: format!("{}@example.com", user_id.to_string().to_lowercase()),
        given_name: "Ada".into(),
        family_name: "Lovelace".into(),
        roles: vec!["user".into()],
        verified: true,
        active: true,
        username: None,
        phone: None,
        group_id: None,
        created_at: Some(time::now()),
    }
}

pub fn caller(user_id: UserId, roles: &[Role]) -> Caller {
    Caller {
        user_id,
        session_id: "session".into(),
        roles: roles.to_vec(),
        permissions: Vec::new(),
        authenticated_at: time::now(),
    }
}

pub fn received<M: Message>(message: M, queue: &str) -> Received<M> {
    let envelope = Envelope {
        id: Ulid::generate(),
        kind: M::TYPE.into(),
        version: M::VERSION,
        occurred_at: time::now(),
        producer: "test".into(),
        subject_id: message.subject(),
        actor_id: None,
        correlation_id: "test".into(),
        causation_id: None,
        data: serde_json::to_value(&message).unwrap(),
    };
    Received::new(message, envelope, queue)
}

pub fn body(reply: &impl Reply) -> Value {
    serde_json::from_slice(&reply.to_response().body).unwrap()
}

pub fn admin() -> Caller {
    caller(UserId::new(), &[Role::Admin])
}

impl Scene {
    pub async fn open() -> Self {
        let cloud = Cloud::open().await;
        let table = cloud.table("users").await;
        Self { cloud, users: Users { table } }
    }

    /// With the bucket.
    pub async fn with_files() -> (Self, Files) {
        let scene = Self::open().await;
        scene.cloud.aside().s3().create_bucket().bucket(scene.bucket()).send().await.unwrap();
        let files = Files::new(scene.cloud.aws().s3(), scene.bucket());
        (scene, files)
    }

    /// The whole world shares the names of buckets.
    fn bucket(&self) -> String {
        format!("media-{}", self.cloud.account())
    }

    /// The bucket, for preparing and looking.
    pub fn aside(&self) -> Files {
        Files::new(self.cloud.aside().s3(), self.bucket())
    }

    pub async fn join(&self) -> Caller {
        self.join_as("Ada", "Lovelace", &[Role::User]).await
    }

    pub async fn join_as(&self, given: &str, family: &str, roles: &[Role]) -> Caller {
        let mut account = account(UserId::new(), 1);
        account.given_name = given.into();
        account.family_name = family.into();
        account.roles = roles.iter().map(Role::to_string).collect();
        self.users.keep(&account).await.unwrap();
        caller(account.user_id, roles)
    }

    pub async fn profile(&self, id: UserId) -> Option<Profile> {
        self.users.table.get(&Profile::key_of(id)).await.unwrap()
    }

    /// As when the deadline of an erasure has come.
    pub async fn make_due(&self, id: UserId) {
        let mut profile = self.profile(id).await.unwrap();
        profile.deleted.as_mut().unwrap().erase_at = Timestamp::from_second(1).unwrap();
        self.put(profile.to_item().unwrap()).await;
    }

    pub async fn put(&self, item: store::Item) {
        let put = self.cloud.aside().dynamodb().put_item().table_name(&self.users.table.name);
        put.set_item(Some(item)).send().await.unwrap();
    }

    /// What was told, by type.
    pub async fn told(&self) -> BTreeMap<String, usize> {
        let mut told = BTreeMap::new();
        for item in self.cloud.items_of(&self.users.table, "outbox").await {
            for message in OutboxItem::from_item(item).unwrap().messages {
                *told.entry(message.envelope.kind).or_default() += 1;
            }
        }
        told
    }

    pub async fn files(&self) -> Vec<String> {
        let request = self.cloud.aside().s3().list_objects_v2().bucket(self.bucket());
        let answer = request.send().await.unwrap();
        answer.contents().iter().filter_map(|file| file.key().map(str::to_owned)).collect()
    }

    pub fn table(&self) -> &Table {
        &self.users.table
    }
}
