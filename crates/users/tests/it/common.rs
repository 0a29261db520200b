//! What the tests of this context share.

use std::collections::BTreeMap;

use contracts::identity::AccountChanged;
use kernel::{Role, Timestamp, UserId, time};
use store::Table;
use testkit::Cloud;
use users::Users;
use users::profile::Profile;
use web::Caller;

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

/// Somebody who proved just now who they are.
pub fn caller(user_id: UserId, roles: &[Role]) -> Caller {
    Caller { authenticated_at: time::now(), ..testkit::caller(user_id, roles) }
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
        self.cloud.put(self.table(), &profile).await;
    }

    /// What was told, by type.
    pub async fn told(&self) -> BTreeMap<String, usize> {
        self.cloud.counts(&self.users.table).await
    }

    pub fn table(&self) -> &Table {
        &self.users.table
    }
}
