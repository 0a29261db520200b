//! The keys that sign access tokens change, and nobody is thrown out by it.

use identity::Issuer;
use identity::operator::Member;
use identity::registry::Registry;
use identity::signing::{Rotation, Signer, Wish};
use kernel::Role;
use kernel::id::Ulid;
use testkit::{APP_SECRET, Cloud, ISSUER, People, SIGNING_SECRET, SignedIn, TOKEN_SECRET};
use tokio::task::JoinSet;

use crate::common;

struct Scene {
    cloud: Cloud,
    people: People,
    rotation: Rotation,
}

impl Scene {
    async fn open() -> Self {
        let cloud = Cloud::open().await;
        let people = People::open(&cloud).await;
        let rotation = Rotation::new(Registry(people.registry.clone()), SIGNING_SECRET.into());
        Self { cloud, people, rotation }
    }

    async fn is_let_in(&self, token: &str) -> bool {
        // A new environment, which knows no key yet.
        self.people.within(&self.cloud.environment()).sessions().caller(token).await.is_ok()
    }

    /// A token as an environment signs it that starts now.
    async fn token_of_a_new_environment(&self, somebody: &SignedIn) -> String {
        let registry = Registry(self.people.registry.clone());
        let generation = registry.published().await.unwrap().current;
        let signer = Signer::derive(SIGNING_SECRET, generation).unwrap();
        let issuer = Issuer::new(
            self.people.identity.clone(),
            registry,
            signer,
            TOKEN_SECRET,
            APP_SECRET,
            ISSUER.into(),
        )
        .unwrap();
        issuer.tokens(&somebody.account, &somebody.session).unwrap().access_token
    }
}

fn key_id(token: &str) -> String {
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

#[tokio::test]
async fn after_a_rotation_old_and_new_tokens_are_good() {
    let scene = Scene::open().await;
    let ada = scene.people.sign_in(&[Role::User]).await;
    let rotated = scene.rotation.rotate(Wish::Now).await.unwrap();
    assert!(rotated.rotated && rotated.generation == 1);
    let new = scene.token_of_a_new_environment(&ada).await;
    assert_ne!(key_id(&new), key_id(&ada.access_token));
    assert!(scene.is_let_in(&ada.access_token).await);
    assert!(scene.is_let_in(&new).await);
}

#[tokio::test]
async fn a_key_rotates_when_it_is_due_and_not_before() {
    let scene = Scene::open().await;
    assert!(scene.rotation.rotate(Wish::WhenDue).await.unwrap().rotated);
    let again = scene.rotation.rotate(Wish::WhenDue).await.unwrap();
    assert!(!again.rotated && again.generation == 1);
}

#[tokio::test]
async fn ten_rotations_at_once_are_one() {
    let scene = Scene::open().await;
    let mut all = JoinSet::new();
    for _ in 0..10 {
        let rotation = Rotation::new(Registry(scene.people.registry.clone()), SIGNING_SECRET.into());
        all.spawn(async move { rotation.rotate(Wish::WhenDue).await.unwrap().rotated });
    }
    assert_eq!(all.join_all().await.into_iter().filter(|rotated| *rotated).count(), 1);
}

#[tokio::test]
async fn a_key_that_retired_long_ago_is_forgotten_with_its_tokens() {
    let scene = Scene::open().await;
    let ada = scene.people.sign_in(&[Role::User]).await;
    scene.rotation.rotate(Wish::Now).await.unwrap();
    let old = key_id(&ada.access_token);
    let table = &scene.people.registry;
    let request = scene.cloud.aside().dynamodb().update_item().table_name(&table.name);
    request
        .set_key(Some(web::sessions::key("KEYS")))
        .update_expression("SET #key.retired_at = :long_ago")
        .expression_attribute_names("#key", format!("key#{old}"))
        .expression_attribute_values(":long_ago", store::expression::number(1))
        .send()
        .await
        .unwrap();
    assert!(scene.is_let_in(&ada.access_token).await);
    scene.rotation.rotate(Wish::Now).await.unwrap();
    assert!(!scene.is_let_in(&ada.access_token).await);
}

#[tokio::test]
async fn a_member_becomes_an_administrator_and_a_stranger_does_not() {
    let scene = Scene::open().await;
    let ada = scene.people.sign_in(&[Role::User]).await;
    let rights = common::rights(&scene.people);
    let made = rights.make_admin(&Member { email: ada.account.email.clone() }).await.unwrap();
    assert_eq!(made.roles, [Role::User, Role::Admin]);
    // Her tokens name the roles of before.
    assert!(!scene.is_let_in(&ada.access_token).await);
    let nobody = format!("{}@example.com", Ulid::generate()).parse().unwrap();
    assert!(rights.make_admin(&Member { email: nobody }).await.is_err());
    assert!(!scene.cloud.told(&scene.people.identity.table, "identity.user.role_changed").await.is_empty());
}
