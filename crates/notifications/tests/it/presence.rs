//! Who looks at a screen of ours needs no push; whose socket ended, told or not, needs one.

use contracts::Message;
use contracts::realtime::{ConnectionClosed, ConnectionOpened};
use kernel::{Timestamp, UserId, time};
use notifications::device::NewDevice;
use notifications::presence::SocketTold;
use notifications::push::Pusher;
use notifications::work::SendPush;
use serde_json::json;
use testkit::{envelope, read, received, taken};
use web::Once;

use crate::common::{House, caller};

async fn house() -> House {
    let house = House::open().await;
    let device: NewDevice = read(json!({"platform": "android", "token": "a-token-of-an-app"}));
    house.notifications.add_device(&caller(house.ada), Once::default(), &device).await.unwrap();
    house
}

async fn hear(house: &House, event: impl Message) {
    let told = taken::<SocketTold>(envelope(&event));
    for _ in 0..2 {
        house.notifications.hear_of_socket(&told).await.unwrap();
    }
}

fn opened(user_id: UserId, id: &str, expires_at: Timestamp) -> ConnectionOpened {
    ConnectionOpened { user_id, connection_id: id.into(), expires_at }
}

fn closed(user_id: UserId, id: &str) -> ConnectionClosed {
    ConnectionClosed { user_id, connection_id: id.into() }
}

/// Whether a push goes to the devices. No application is set up, so each try ends in an event that says so.
async fn is_pushed(house: &House) -> bool {
    let tries = async || house.messages("notifications.push.failed").await.len();
    let before = tries().await;
    let pusher = Pusher::new(house.cloud.aws(), house.notifications.table.clone(), None, None);
    let order = SendPush {
        user_id: house.ada,
        kind: "booking_confirmed".into(),
        title: "Confirmed".into(),
        content: "All is set".into(),
        collapse: "booking#1".into(),
    };
    pusher.push(&received(order)).await.unwrap();
    tries().await > before
}

#[tokio::test]
async fn a_push_waits_for_nobody_who_has_a_socket_open_and_is_sent_when_it_is_closed() {
    let house = house().await;
    let soon = time::now() + time::hours(2);
    assert!(is_pushed(&house).await);
    hear(&house, opened(UserId::new(), "theirs", soon)).await;
    assert!(is_pushed(&house).await, "another one looks");
    hear(&house, opened(house.ada, "one", soon)).await;
    hear(&house, opened(house.ada, "two", soon)).await;
    assert!(!is_pushed(&house).await);
    hear(&house, closed(house.ada, "one")).await;
    assert!(!is_pushed(&house).await, "the other one is open");
    hear(&house, closed(house.ada, "two")).await;
    assert!(is_pushed(&house).await);
}

#[tokio::test]
async fn a_socket_whose_end_nobody_told_counts_until_its_time_is_over() {
    let house = house().await;
    hear(&house, opened(house.ada, "dead", time::now() - time::seconds(1))).await;
    assert!(is_pushed(&house).await);
}

#[tokio::test]
async fn a_lease_that_was_renewed_counts_whichever_is_told_first() {
    let house = house().await;
    let (over, longer) = (time::now() - time::seconds(1), time::now() + time::minutes(11));
    hear(&house, opened(house.ada, "one", over)).await;
    hear(&house, opened(house.ada, "one", longer)).await;
    assert!(!is_pushed(&house).await);
    hear(&house, opened(house.ada, "one", over)).await;
    assert!(!is_pushed(&house).await);
    hear(&house, closed(house.ada, "one")).await;
    hear(&house, opened(house.ada, "one", longer + time::minutes(1))).await;
    assert!(is_pushed(&house).await, "an end is an end");
}

#[tokio::test]
async fn an_opening_that_is_told_after_the_end_opens_nothing() {
    let house = house().await;
    hear(&house, closed(house.ada, "one")).await;
    hear(&house, opened(house.ada, "one", time::now() + time::hours(2))).await;
    assert!(is_pushed(&house).await);
}
