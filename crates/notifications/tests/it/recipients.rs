//! The projection of who is reached how.

use contracts::identity::AccountChanged;
use kernel::UserId;
use notifications::recipient::{Recipient, Recipients};
use proptest::prelude::*;
use testkit::{Cloud, Fault, Storm};
use tokio::task::JoinSet;

fn account(user_id: UserId, version: u64) -> AccountChanged {
    AccountChanged {
        user_id,
        version,
        email: format!("version-{version}@example.com"),
        given_name: "Ada".into(),
        family_name: "Lovelace".into(),
        roles: vec!["user".into()],
        verified: version > 1,
        active: true,
        username: None,
        phone: None,
        group_id: None,
        created_at: None,
    }
}

async fn open() -> (Cloud, Recipients) {
    let cloud = Cloud::open().await;
    let table = cloud.table("notifications").await;
    (cloud, Recipients { table })
}

async fn kept(recipients: &Recipients, user: UserId) -> Recipient {
    recipients.table.get(&Recipient::key_of(user)).await.unwrap().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_newest_state_stays_whatever_the_order_and_however_often_it_is_told(
        versions in prop::collection::vec(1_u64..9, 1..15),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (_cloud, recipients) = open().await;
            let user = UserId::new();
            for (told, version) in versions.iter().enumerate() {
                recipients.keep(account(user, *version)).await.unwrap();
                let newest = *versions[..=told].iter().max().unwrap();
                assert_eq!(kept(&recipients, user).await, Recipient::from(account(user, newest)));
            }
        });
    }
}

#[tokio::test]
async fn the_newest_state_stays_when_all_are_told_at_once() {
    let (cloud, recipients) = open().await;
    let user = UserId::new();
    let mut all = JoinSet::new();
    for version in 1..=30 {
        let environment = cloud.environment();
        environment.faults.storm(version, Storm { lost_replies: 5, throttled: 2, ..Storm::default() });
        let recipients = Recipients { table: environment.table(&recipients.table) };
        all.spawn(async move { recipients.keep(account(user, version)).await });
    }
    assert!(all.join_all().await.iter().all(Result::is_ok));
    assert_eq!(kept(&recipients, user).await.version, 30);
}

#[tokio::test]
async fn only_a_verified_and_active_account_is_reachable() {
    let (_cloud, recipients) = open().await;
    let user = UserId::new();
    recipients.keep(account(user, 1)).await.unwrap();
    assert!(!kept(&recipients, user).await.reachable);
    recipients.keep(account(user, 2)).await.unwrap();
    assert!(kept(&recipients, user).await.reachable);
    recipients.keep(AccountChanged { active: false, ..account(user, 3) }).await.unwrap();
    assert!(!kept(&recipients, user).await.reachable);
}

#[tokio::test]
async fn a_table_that_is_away_is_a_failure_so_that_the_message_comes_again() {
    let (cloud, recipients) = open().await;
    cloud.faults().next("PutItem", Fault::DeathBefore);
    assert!(recipients.keep(account(UserId::new(), 1)).await.is_err());
}
