//! What somebody finds in the app: theirs alone, counted, read and thrown away, also when it is much.

use kernel::id::Ulid;
use kernel::{Problem, UserId};
use notifications::broadcast::{FanOut, NewBroadcast};
use notifications::inbox::TidyInbox;
use notifications::notice::{Notice, NotificationId, Priority};
use serde_json::json;
use testkit::{read, received, taken};
use web::Once;

use crate::common::{House, account, caller};

async fn fill(house: &House, user: UserId, count: usize) -> Vec<NotificationId> {
    let mut ids = Vec::new();
    for at in 0..count {
        let mut notice = Notice::new(user, "system", format!("number {at}"), "x".into(), Priority::Normal);
        notice.id = NotificationId::from_ulid(Ulid::generate());
        house.cloud.put(&house.notifications.table, &notice).await;
        ids.push(notice.id);
    }
    ids
}

async fn unread(house: &House) -> u32 {
    house.notifications.count_unread(&caller(house.ada)).await.unwrap().count
}

#[tokio::test]
async fn reading_counts_down_once_and_a_strangers_is_not_there() {
    let house = House::open().await;
    let ids = fill(&house, house.ada, 2).await;
    assert_eq!(unread(&house).await, 2);
    let stranger = caller(UserId::new());
    for refused in [
        house.notifications.read(&stranger, ids[0]).await.map(drop),
        house.notifications.remove(&stranger, ids[0]).await.map(drop),
        house.notifications.read(&caller(house.ada), NotificationId::new()).await.map(drop),
    ] {
        assert_eq!(refused.unwrap_err().problem, Problem::NOT_FOUND);
    }
    let first = house.notifications.read(&caller(house.ada), ids[0]).await.unwrap();
    let again = house.notifications.read(&caller(house.ada), ids[0]).await.unwrap();
    assert_eq!(first.read_at.map(|at| at.as_millisecond()), again.read_at.map(|at| at.as_millisecond()));
    assert_eq!(unread(&house).await, 1);
    assert_eq!(house.messages("notifications.notification.read").await.len(), 1);
    house.notifications.remove(&caller(house.ada), ids[1]).await.unwrap();
    assert_eq!(unread(&house).await, 0);
    assert_eq!(house.notices().await.len(), 1);
}

#[tokio::test]
async fn a_large_inbox_is_read_and_emptied_step_by_step_and_later_ones_stay() {
    let house = House::open().await;
    fill(&house, house.ada, 120).await;
    let theirs = fill(&house, UserId::new(), 1).await;
    let counted = house.notifications.count_unread(&caller(house.ada)).await.unwrap();
    assert_eq!((counted.count, counted.more), (99, true));
    house.notifications.read_all(&caller(house.ada)).await.unwrap();
    assert_eq!(unread(&house).await, 70);
    let later = fill(&house, house.ada, 1).await;
    let next = house.order::<TidyInbox>().await;
    house.notifications.tidy(&next).await.unwrap();
    house.notifications.tidy(&next).await.unwrap();
    assert_eq!(unread(&house).await, 21);
    let last = house.messages("notifications.tidy_inbox").await.pop().unwrap();
    house.notifications.tidy(&taken(last)).await.unwrap();
    assert_eq!(unread(&house).await, 1);

    house.notifications.remove_all(&caller(house.ada)).await.unwrap();
    let wish = house.messages("notifications.tidy_inbox").await.pop().unwrap();
    let wish: TidyInbox = serde_json::from_value(wish.data).unwrap();
    house.notifications.tidy(&received(wish.clone())).await.unwrap();
    house.notifications.tidy(&received(wish)).await.unwrap();
    let left: Vec<_> = house.notices().await.into_iter().map(|notice| notice.id).collect();
    assert_eq!(left, theirs);
    assert!(!left.contains(&later[0]));
}

#[tokio::test]
async fn everybody_with_a_role_is_told_once_page_by_page() {
    let house = House::open().await;
    let mut workers = Vec::new();
    for at in 0..90 {
        let mut new = account(UserId::new(), 1);
        if at % 2 == 0 {
            new.roles = vec!["worker".into()];
            workers.push(new.user_id);
        }
        house.recipients.keep(new).await.unwrap();
    }
    let new: NewBroadcast = read(json!({"to": {"role": "worker"}, "title": "Hello", "content": "workers"}));
    house.notifications.broadcast(&caller(house.ada), Once::default(), &new).await.unwrap();
    let mut done = 0;
    loop {
        let orders = house.messages("notifications.fan_out").await;
        if done == orders.len() {
            break;
        }
        for order in &orders[done..] {
            let order = taken::<FanOut>(order.clone());
            house.notifications.fan_out(&order).await.unwrap();
            house.notifications.fan_out(&order).await.unwrap();
        }
        done = orders.len();
    }
    let mut told: Vec<_> = house.notices().await.into_iter().map(|notice| notice.user_id).collect();
    told.sort_unstable();
    workers.sort_unstable();
    assert_eq!(told, workers);
}

#[tokio::test]
async fn a_broadcast_names_exactly_one_audience_and_stays_within_the_app() {
    let house = House::open().await;
    for (to, url) in [
        (json!({}), "/news"),
        (json!({"all": false}), "/news"),
        (json!({"all": true, "role": "user"}), "/news"),
        (json!({"user_id": UserId::new()}), "/news"),
        (json!({"all": true}), "https://evil.example"),
        (json!({"all": true}), "//evil.example"),
    ] {
        let new = json!({"to": to, "title": "a", "content": "b", "action_url": url});
        let new: NewBroadcast = read(new);
        let refused = house.notifications.broadcast(&caller(house.ada), Once::default(), &new).await;
        assert_eq!(refused.unwrap_err().problem, Problem::INVALID_REQUEST);
    }
    assert!(house.notices().await.is_empty());
}
