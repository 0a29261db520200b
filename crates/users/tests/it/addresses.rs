//! Addresses: one default for each type, whatever happens at the same moment.

use kernel::{Problem, UserId};
use serde_json::{Value, json};
use testkit::{body, read};
use tokio::task::JoinSet;
use users::Users;
use users::addresses::{AddressPatch, NewAddress, TOO_MANY};
use web::{Caller, Once};

use crate::common::{self, Scene};

fn address(kind: &str, is_default: bool) -> NewAddress {
    let body = json!({
        "type": kind, "given_name": "Ada", "family_name": "Lovelace", "address1": "1 Durbar Marg",
        "city": "Kathmandu", "country": "NP", "postal_code": "44600", "is_default": is_default,
    });
    read(body)
}

fn patch(value: Value) -> AddressPatch {
    read(value)
}

async fn listed(users: &Users, caller: &Caller) -> Vec<Value> {
    body(&users.addresses(caller).await.unwrap())["data"].as_array().unwrap().clone()
}

fn defaults(addresses: &[Value], kind: &str) -> usize {
    addresses.iter().filter(|it| it["type"] == kind && it["is_default"] == true).count()
}

#[tokio::test]
async fn of_defaults_added_at_once_one_is_the_default() {
    let scene = Scene::open().await;
    let ada = scene.join().await;
    let mut all = JoinSet::new();
    for at in 0..6 {
        let users = Users { table: scene.cloud.environment().table(scene.table()) };
        let (ada, kind) = (ada.clone(), if at % 2 == 0 { "SHIPPING" } else { "BILLING" });
        all.spawn(async move {
            // Who was overtaken too often is told, and asks again.
            while let Err(failure) = users.add_address(&ada, Once::default(), &address(kind, true)).await {
                assert_eq!(failure.problem, Problem::CONFLICT);
            }
        });
    }
    all.join_all().await;
    let addresses = listed(&scene.users, &ada).await;
    assert_eq!(addresses.len(), 6);
    assert_eq!((defaults(&addresses, "SHIPPING"), defaults(&addresses, "BILLING")), (1, 1));
}

#[tokio::test]
async fn a_default_moves_and_a_removed_one_has_an_heir() {
    let scene = Scene::open().await;
    let ada = scene.join().await;
    let users = &scene.users;
    let first = users.add_address(&ada, Once::default(), &address("SHIPPING", false)).await.unwrap().body;
    let second = users.add_address(&ada, Once::default(), &address("SHIPPING", false)).await.unwrap().body;
    assert!(first.is_default && !second.is_default);
    let changed = users.change_address(&ada, second.address.id, &patch(json!({"is_default": true}))).await;
    assert_eq!(body(&changed.unwrap())["is_default"], true);
    assert_eq!(defaults(&listed(users, &ada).await, "SHIPPING"), 1);
    users.remove_address(&ada, second.address.id).await.unwrap();
    let left = listed(users, &ada).await;
    assert_eq!((left.len(), defaults(&left, "SHIPPING")), (1, 1));
    let moved = users.change_address(&ada, first.address.id, &patch(json!({"type": "BILLING"}))).await;
    assert_eq!(body(&moved.unwrap())["is_default"], true);
}

#[tokio::test]
async fn a_strangers_address_is_not_there_and_the_twenty_first_is_refused() {
    let scene = Scene::open().await;
    let (ada, eve) = (scene.join().await, scene.join().await);
    let users = &scene.users;
    let first = users.add_address(&ada, Once::default(), &address("BILLING", false)).await.unwrap().body;
    for refused in [
        users.remove_address(&eve, first.address.id).await.err(),
        users.change_address(&eve, first.address.id, &patch(json!({"city": "Pokhara"}))).await.err(),
    ] {
        assert_eq!(refused.unwrap().problem, Problem::NOT_FOUND);
    }
    for _ in 1..20 {
        users.add_address(&ada, Once::default(), &address("BILLING", false)).await.unwrap();
    }
    let refused = users.add_address(&ada, Once::default(), &address("BILLING", false)).await;
    assert_eq!(refused.err().unwrap().problem, TOO_MANY);
    let nobody = common::caller(UserId::new(), &[]);
    assert_eq!(users.addresses(&nobody).await.err().unwrap().problem, Problem::NOT_FOUND);
}
