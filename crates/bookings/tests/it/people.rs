//! People beside the one who books: who is written to that they come along, who is asked for names, and who gets an account.

use std::collections::BTreeMap;

use bookings::booking::{BookingStatus, Reminder};
use bookings::desk::{CancelWish, ShiftWish};
use bookings::schedule::Clock;
use bookings::view::BookingView;
use contracts::bookings::ReminderDue;
use contracts::identity::CreateUser;
use contracts::notifications::{Recipient, Send};
use contracts::users::UserErased;
use jiff::tz::TimeZone;
use kernel::{Timestamp, time};
use serde_json::json;
use testkit::{envelope, read, taken};
use web::{Caller, Once};

use crate::common::{Scene, admin, somebody};

fn who(people: &[(&str, &str)]) -> bookings::participant::WhoComes {
    let people = people.iter();
    let people: Vec<_> = people
        .map(|(name, email)| json!({"name": name, "email": email, "phone": "+4915112345678"}))
        .collect();
    read(json!({
        "participants": people,
        "emergency_contact": {"name": "Eve", "phone": "+4915112345679", "relation": "Sister"},
    }))
}

const BEN: (&str, &str) = ("Ben", "ben@example.com");
const CLEO: (&str, &str) = ("Cleo", "cleo@example.com");

/// How often each was written which letter.
async fn letters(scene: &Scene) -> BTreeMap<String, usize> {
    let mut letters = BTreeMap::new();
    for send in scene.sent::<Send>().await {
        let Recipient::Email(email) = &send.recipient else { panic!("a participant has no account") };
        let short = send.template.trim_start_matches("participant_");
        *letters.entry(format!("{short} {} {email}", send.variables["given_name"])).or_default() += 1;
    }
    letters
}

fn all(letters: &[&str]) -> BTreeMap<String, usize> {
    letters.iter().map(|letter| ((*letter).to_owned(), 1)).collect()
}

async fn confirmed(scene: &Scene, ada: &Caller, people: &[(&str, &str)]) -> BookingView {
    let held = scene.hold(ada, u32::try_from(people.len()).unwrap()).await.unwrap();
    scene.pay(&held, 1).await;
    scene.bookings.name_participants(ada, held.id, &who(people)).await.unwrap()
}

const COME: [&str; 2] = ["confirmation Ben ben@example.com", "confirmation Cleo cleo@example.com"];

#[tokio::test]
async fn each_participant_is_written_to_once_when_the_booking_is_confirmed() {
    let scene = Scene::open(5).await;
    let ada = somebody();
    let booking = confirmed(&scene, &ada, &[BEN, CLEO]).await;
    assert_eq!(booking.status, BookingStatus::Confirmed);
    assert_eq!(letters(&scene).await, all(&COME));
    let sent = scene.sent::<Send>().await;
    assert!(sent.iter().all(|it| it.but_not_to == Some(ada.user_id)), "who booked is told by events");
    assert_eq!(sent[0].variables["owner_name"], "Kedarkantha");
    assert_eq!(sent[0].variables["reference"], booking.reference);

    // The payment again, other words of the operator, another order, a corrected name: no news for anybody.
    scene.pay(&booking, 1).await;
    scene.bookings.remark(admin().user_id, booking.id, &read(json!({"text": "Vegetarian."}))).await.unwrap();
    let again = who(&[CLEO, ("Benjamin", BEN.1)]);
    scene.bookings.name_participants(&ada, booking.id, &again).await.unwrap();
    assert_eq!(letters(&scene).await, all(&COME));

    // Somebody else comes instead of Cleo.
    let dora = ("Dora", "dora@example.com");
    scene.bookings.name_participants(&ada, booking.id, &who(&[BEN, dora])).await.unwrap();
    let swap = ["confirmation Dora dora@example.com", "cancellation Cleo cleo@example.com"];
    assert_eq!(letters(&scene).await, all(&[&COME[..], &swap].concat()));
    let keys: std::collections::BTreeSet<_> =
        scene.sent::<Send>().await.into_iter().map(|it| it.key).collect();
    assert_eq!(keys.len(), 4, "each letter has a key of its own");
}

#[tokio::test]
async fn who_is_cancelled_is_told_and_who_comes_back_too() {
    let scene = Scene::open(5).await;
    let ada = somebody();
    let booking = confirmed(&scene, &ada, &[BEN, CLEO]).await;
    let ben = scene.booking(booking.id).await.participants[0].id;
    let wish = CancelWish::default();
    scene.bookings.cancel_participant(&ada, booking.id, ben, &wish).await.unwrap();
    let first = [&COME[..], &["cancellation Ben ben@example.com"]].concat();
    assert_eq!(letters(&scene).await, all(&first));
    assert!(scene.bookings.cancel_participant(&ada, booking.id, ben, &wish).await.is_err(), "only once");

    scene.bookings.cancel(&ada, booking.id, &wish).await.unwrap();
    let gone = [&first[..], &["cancellation Cleo cleo@example.com"]].concat();
    assert_eq!(letters(&scene).await, all(&gone));

    let full = json!({"refund_type": "custom", "amount": 0});
    let scene = Scene::open(5).await;
    let booking = confirmed(&scene, &ada, &[BEN]).await;
    scene.bookings.cancel(&admin(), booking.id, &read(full)).await.unwrap();
    let back = scene.bookings.restore(booking.id).await.unwrap();
    assert_eq!(back.status, BookingStatus::Confirmed);
    let expected =
        BTreeMap::from([(COME[0].to_owned(), 2), ("cancellation Ben ben@example.com".to_owned(), 1)]);
    assert_eq!(letters(&scene).await, expected);
}

#[tokio::test]
async fn a_new_date_is_told_to_everybody_and_an_erasure_to_nobody() {
    let scene = Scene::open(5).await;
    let ada = somebody();
    let booking = confirmed(&scene, &ada, &[BEN]).await;
    let later: ShiftWish = read(json!({"batch_id": scene.departure(60, 5).await}));
    scene.bookings.shift(&admin(), booking.id, &later).await.unwrap();
    assert_eq!(letters(&scene).await, BTreeMap::from([(COME[0].to_owned(), 2)]));
    let dates: Vec<_> =
        scene.sent::<Send>().await.into_iter().map(|it| it.variables["start_date"].clone()).collect();
    assert_ne!(dates[0], dates[1]);

    let erased = taken::<bookings::personal::PersonTold>(envelope(&UserErased { user_id: ada.user_id }));
    scene.bookings.follow_person(&erased).await.unwrap();
    assert_eq!(letters(&scene).await, BTreeMap::from([(COME[0].to_owned(), 2)]));
}

fn clock(scene: &Scene) -> Clock {
    Clock { bookings: scene.bookings.clone(), zone: TimeZone::UTC }
}

async fn asked_for_names(scene: &Scene) -> usize {
    let due = scene.sent::<ReminderDue>().await;
    due.iter().filter(|it| it.reminder == Reminder::Participants.to_string()).count()
}

/// Ten in the morning, so many days before the departure.
fn before(start: Timestamp, days: u64) -> Timestamp {
    let day = (start - time::days(days)).to_zoned(TimeZone::UTC).date();
    day.at(10, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp()
}

#[tokio::test]
async fn who_paid_and_named_nobody_is_reminded_once_a_week_before_the_start() {
    let scene = Scene::open(5).await;
    let (ada, eve) = (somebody(), somebody());
    let paid = scene.hold(&ada, 2).await.unwrap();
    scene.pay(&paid, 1).await;
    let named = scene.hold(&eve, 1).await.unwrap();
    scene.pay(&named, 1).await;
    scene.bookings.name_participants(&eve, named.id, &who(&[BEN])).await.unwrap();
    let start = scene.booking(paid.id).await.start_date;
    let clock = clock(&scene);
    for (days, reminders) in [(8, 0), (7, 1), (7, 1), (3, 1)] {
        clock.morning_of(before(start, days)).await.unwrap();
        assert_eq!(asked_for_names(&scene).await, reminders, "{days} days before");
    }
    let due = scene.sent::<ReminderDue>().await;
    assert_eq!(due[0].booking.user_id, ada.user_id);
}

#[tokio::test]
async fn nobody_is_asked_for_names_after_the_start() {
    let scene = Scene::open(5).await;
    let ada = somebody();
    let paid = scene.hold(&ada, 1).await.unwrap();
    scene.pay(&paid, 1).await;
    let start = scene.booking(paid.id).await.start_date;
    let clock = clock(&scene);
    clock.morning_of(before(start + time::days(2), 0)).await.unwrap();
    assert_eq!(asked_for_names(&scene).await, 0);
    assert!(scene.booking(paid.id).await.reminded.contains(&Reminder::Participants), "not looked at again");
}

#[tokio::test]
async fn an_account_for_somebody_is_asked_of_identity_and_repeating_the_request_asks_once() {
    let scene = Scene::open(1).await;
    let operator = admin();
    let wish = json!({
        "given_name": "Grace", "family_name": "Hopper", "email": "Grace@Example.com", "phone": "+49 151 12345678",
    });
    scene.bookings.ask_for_user(&operator, Once::default(), &read(wish)).await.unwrap();
    let asked = scene.sent::<CreateUser>().await;
    let expected = CreateUser {
        email: "grace@example.com".into(),
        given_name: "Grace".into(),
        family_name: "Hopper".into(),
        phone: Some("+4915112345678".into()),
        asked_by: operator.user_id,
    };
    assert_eq!(asked, [expected]);
}
