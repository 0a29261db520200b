//! What happened is told to whom it concerns: once, by the channels they like, and not at night.

use contracts::users::PreferencesUpdated;
use kernel::{Timestamp, UserId, time};
use notifications::device::NewDevice;
use notifications::digest::Pending;
use notifications::preferences::NewPreferences;
use notifications::recipient::PersonTold;
use notifications::rules::RULES;
use notifications::work::{Deferred, SendMail, SendPush};
use serde_json::json;
use testkit::{Fault, envelope, read, taken};
use tokio::task::JoinSet;
use web::Once;

use crate::common::{self, House, caller, told};

const CONFIRMED: (&str, &str) = ("bookings.booking.confirmed", "booking_confirmed");

async fn wishes(house: &House, preferences: serde_json::Value) {
    let told = PreferencesUpdated { user_id: house.ada, preferences };
    house.recipients.hear(taken::<PersonTold>(envelope(&told))).await.unwrap();
}

#[tokio::test]
async fn an_event_becomes_a_notification_and_a_mail_once_however_often_it_comes() {
    let house = House::open().await;
    let event = told(CONFIRMED.0, CONFIRMED.1, house.ada);
    let mut all = JoinSet::new();
    for _ in 0..5 {
        let (notifications, event) = (house.notifications.clone(), event.clone());
        all.spawn(async move { notifications.notify(&event).await });
    }
    all.join_all().await.into_iter().for_each(|done| done.unwrap());
    let notices = house.notices().await;
    assert_eq!(notices.len(), 1);
    assert_eq!(notices[0].title, "Booking confirmed: CT-7K2M9");
    assert_eq!(notices[0].action_url.as_deref(), Some("/bookings/01JD2QK8N4M5V6W7X8Y9ZABCDE"));
    assert_eq!(house.mails().await.len(), 1);
    house.order::<SendMail>().await;
    // Without a device nothing is pushed.
    assert!(house.messages("notifications.send_push").await.is_empty());
    assert_eq!(house.messages("notifications.notification.created").await.len(), 1);
}

#[tokio::test]
async fn every_rule_of_the_table_can_be_told() {
    let house = House::open().await;
    for rule in RULES {
        let mut event = told(rule.event, rule.kind.name, house.ada);
        event.message.data.insert(rule.who.into(), json!(house.ada));
        house.notifications.notify(&event).await.unwrap_or_else(|why| panic!("{}: {why:?}", rule.kind.name));
    }
    let notices = house.notices().await;
    assert_eq!(notices.len(), RULES.len());
    for (notice, rule) in notices.iter().zip(RULES) {
        assert_eq!(notice.kind, rule.kind.name);
    }
}

#[tokio::test]
async fn whatever_dies_in_between_it_is_told_once() {
    for fault in [Fault::DeathBefore, Fault::DeathAfter] {
        for operation in ["BatchGetItem", "TransactWriteItems"] {
            let house = House::open().await;
            let event = told(CONFIRMED.0, CONFIRMED.1, house.ada);
            house.cloud.faults().next(operation, fault);
            let _ = house.notifications.notify(&event).await;
            house.cloud.faults().calm();
            house.notifications.notify(&event).await.unwrap();
            assert_eq!((house.notices().await.len(), house.mails().await.len()), (1, 1));
        }
    }
}

#[tokio::test]
async fn who_has_verified_an_address_is_welcomed_before_the_account_is_known() {
    let house = House::open().await;
    let new = UserId::new();
    let mut event = told("identity.user.verified", "welcome", new);
    event.message.data.insert("given_name".into(), json!("Grace"));
    house.notifications.notify(&event).await.unwrap();
    let mails = house.mails().await;
    assert_eq!((mails[0].to.as_str(), mails[0].user_id), ("ada@example.com", Some(new)));
    // Anything else waits for the account.
    let early = told(CONFIRMED.0, CONFIRMED.1, UserId::new());
    assert!(house.notifications.notify(&early).await.is_err());
}

#[tokio::test]
async fn what_somebody_switched_off_is_not_told_and_security_always_is() {
    let house = House::open().await;
    wishes(&house, json!({"channels": {"in_app": true, "email": false, "sms": false, "push": true}})).await;
    house.notifications.notify(&told(CONFIRMED.0, CONFIRMED.1, house.ada)).await.unwrap();
    assert!(house.mails().await.is_empty());
    house
        .notifications
        .notify(&told("identity.password.changed", "password_changed", house.ada))
        .await
        .unwrap();
    assert_eq!(house.mails().await.len(), 1);

    let new: NewPreferences =
        read(json!({"types": [{"type": "booking_confirmed", "email": true, "in_app": false}]}));
    let view = house.notifications.set_preferences(&caller(house.ada), &new).await.unwrap();
    let confirmed = view.types.iter().find(|it| it.kind == "booking_confirmed").unwrap();
    assert_eq!((confirmed.channels.email, confirmed.channels.in_app), (Some(true), Some(false)));
    house.notifications.notify(&told(CONFIRMED.0, CONFIRMED.1, house.ada)).await.unwrap();
    assert_eq!((house.notices().await.len(), house.mails().await.len()), (2, 2));

    for refused in [
        json!({"types": [{"type": "password_changed", "email": false}]}),
        json!({"types": [{"type": "nothing"}]}),
        json!({"types": [{"type": "welcome"}, {"type": "welcome"}]}),
    ] {
        let refused =
            house.notifications.set_preferences(&caller(house.ada), &read(refused)).await.unwrap_err();
        assert_eq!(refused.errors.len(), 1);
    }
}

/// Quiet hours around now, in UTC.
fn night() -> serde_json::Value {
    let hour = |shift: i64| {
        let at = Timestamp::from_second(time::now().as_second() + shift * 3600).unwrap();
        at.strftime("%H:%M").to_string()
    };
    json!({"quiet_hours": {"enabled": true, "start": hour(-1), "end": hour(2)}})
}

#[tokio::test]
async fn what_may_not_disturb_waits_for_the_morning_and_goes_out_once() {
    let house = House::open().await;
    wishes(&house, night()).await;
    house.notifications.notify(&told(CONFIRMED.0, CONFIRMED.1, house.ada)).await.unwrap();
    // The app shows it: it disturbs nobody.
    assert_eq!(house.notices().await.len(), 1);
    assert!(house.messages("notifications.send_mail").await.is_empty());
    assert_eq!(house.notifications.release_deferred().await.unwrap(), 0);
    // What protects the account waits for nothing.
    house
        .notifications
        .notify(&told("identity.password.changed", "password_changed", house.ada))
        .await
        .unwrap();
    assert_eq!(house.messages("notifications.send_mail").await.len(), 1);

    let mut waiting: Deferred = house.all().await.pop().unwrap();
    assert!(waiting.due > time::now());
    waiting.due = time::now() - time::seconds(1);
    house.cloud.put(&house.notifications.table, &waiting).await;
    let mut all = JoinSet::new();
    for _ in 0..4 {
        let notifications = house.notifications.clone();
        all.spawn(async move { notifications.release_deferred().await });
    }
    let released: usize = all.join_all().await.into_iter().map(|done| done.unwrap()).sum();
    assert_eq!(released, 1);
    assert_eq!(house.messages("notifications.send_mail").await.len(), 2);
}

#[tokio::test]
async fn a_digest_holds_everything_that_may_wait_and_comes_once() {
    let house = House::open().await;
    let new: NewPreferences = read(json!({"digest": "day", "digest_at": "08:00"}));
    house.notifications.set_preferences(&caller(house.ada), &new).await.unwrap();
    let mut all = JoinSet::new();
    for _ in 0..3 {
        let (notifications, event) = (house.notifications.clone(), told(CONFIRMED.0, CONFIRMED.1, house.ada));
        all.spawn(async move { notifications.notify(&event).await });
    }
    all.join_all().await.into_iter().for_each(|done| done.unwrap());
    assert_eq!(house.notices().await.len(), 3);
    assert!(house.mails().await.is_empty());
    // Money does not wait.
    house
        .notifications
        .notify(&told("payments.payment.succeeded", "payment_received", house.ada))
        .await
        .unwrap();
    assert_eq!(house.mails().await.len(), 1);

    let mut pending: Pending = house.all().await.pop().unwrap();
    assert_eq!(pending.entries.len(), 3);
    assert_eq!(house.notifications.send_digests().await.unwrap(), 0);
    pending.due = time::now() - time::seconds(1);
    house.cloud.put(&house.notifications.table, &pending).await;
    let mut all = JoinSet::new();
    for _ in 0..4 {
        let notifications = house.notifications.clone();
        all.spawn(async move { notifications.send_digests().await });
    }
    let sent: usize = all.join_all().await.into_iter().map(|done| done.unwrap()).sum();
    assert_eq!(sent, 1);
    let mails = house.mails().await;
    let digest = mails.iter().find(|mail| mail.template == "digest").unwrap();
    assert!(digest.context.contains("Booking confirmed"));
    assert_eq!(mails.len(), 2);
}

#[tokio::test]
async fn a_device_is_told_and_its_next_owner_is_the_only_one() {
    let house = House::open().await;
    let device: NewDevice = read(json!({"platform": "android", "token": "a-token-of-an-app"}));
    house.notifications.add_device(&caller(house.ada), Once::default(), &device).await.unwrap();
    house.notifications.add_device(&caller(house.ada), Once::default(), &device).await.unwrap();
    assert_eq!(house.notifications.devices(&caller(house.ada)).await.unwrap().data.len(), 1);
    house.notifications.notify(&told(CONFIRMED.0, CONFIRMED.1, house.ada)).await.unwrap();
    let order = house.order::<SendPush>().await;
    assert_eq!(order.collapse, "booking#01JD2QK8N4M5V6W7X8Y9ZABCDE");

    let eve = UserId::new();
    house.recipients.keep(common::account(eve, 1)).await.unwrap();
    let hers = house.notifications.add_device(&caller(eve), Once::default(), &device).await.unwrap();
    assert!(house.notifications.devices(&caller(house.ada)).await.unwrap().data.is_empty());
    let id = &hers.body.id;
    assert!(house.notifications.remove_device(&caller(house.ada), id).await.is_err());
    house.notifications.remove_device(&caller(eve), id).await.unwrap();
    assert!(house.notifications.remove_device(&caller(eve), id).await.is_err());
}
