//! What mornings do: balances and trips are reminded of, balances that did not come end a booking, trips end.

use bookings::booking::{BookingId, BookingStatus, CancelledBy};
use bookings::saga::NOT_NOW;
use bookings::schedule::Clock;
use bookings::view::BookingView;
use contracts::bookings::ReminderDue;
use contracts::payments::{DueLapsed, RefundOwed};
use contracts::tours::PartialPaymentTerms;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use kernel::Timestamp;
use serde_json::json;
use web::{Caller, Once};

use crate::common::{self, Scene, names, somebody};

/// Half first, and the rest ten days before the start.
async fn open(auto_cancel: bool) -> Scene {
    Scene::open_with(5, |trek| {
        trek.terms.partial_payment =
            Some(PartialPaymentTerms { amount: 5_000, percentage: true, final_due_days: 10, auto_cancel });
    })
    .await
}

/// At ten, so many days after the start; before it, below zero.
async fn at(scene: &Scene, days: i64) -> Timestamp {
    let start = scene.batch().await.start_date.to_zoned(TimeZone::UTC).date();
    let day = start + jiff::Span::new().days(days);
    day.to_datetime(Time::constant(10, 0, 0, 0)).to_zoned(TimeZone::UTC).unwrap().timestamp()
}

/// The morning of a day, once and, as messages of a schedule may come twice, once more.
async fn morning(scene: &Scene, days: i64) {
    let clock = Clock { bookings: scene.bookings.clone(), zone: TimeZone::UTC };
    let now = at(scene, days).await;
    clock.morning_of(now).await.unwrap();
    assert_eq!(clock.morning_of(now).await.unwrap(), 0, "{days} days: all is done already");
}

async fn partly(scene: &Scene, caller: &Caller) -> BookingView {
    let wish = scene.wish(2, |it| it["payment_mode"] = json!("partial"));
    let held = scene.bookings.hold(caller, Once::default(), &wish).await.unwrap().body;
    scene.pay(&held, 1).await;
    held
}

/// Those of balances and trips, in order.
async fn reminders(scene: &Scene) -> Vec<String> {
    let all = scene.sent::<ReminderDue>().await.into_iter().map(|it| it.reminder);
    all.filter(|it| it == "balance" || it == "trip").collect()
}

async fn status(scene: &Scene, id: BookingId) -> BookingStatus {
    scene.booking(id).await.status
}

#[tokio::test]
async fn a_balance_is_reminded_of_once_three_days_before_it_is_due() {
    let scene = open(true).await;
    let held = partly(&scene, &somebody()).await;
    morning(&scene, -14).await;
    assert!(reminders(&scene).await.is_empty());
    for days in [-13, -12, -10] {
        morning(&scene, days).await;
        assert_eq!(reminders(&scene).await, ["balance"], "{days} days");
    }
    let told = scene.sent::<ReminderDue>().await.remove(0);
    assert_eq!((told.balance, told.booking.paid), (105_000, 105_000));
    assert_eq!(status(&scene, held.id).await, BookingStatus::PartiallyPaid);
    // Paid now: nothing ends, and the next is the trip.
    scene.pay(&held, 2).await;
    morning(&scene, -9).await;
    assert_eq!((status(&scene, held.id).await, reminders(&scene).await.len()), (BookingStatus::Paid, 1));
    morning(&scene, -2).await;
    assert_eq!(reminders(&scene).await, ["balance", "trip"]);
}

#[tokio::test]
async fn a_balance_that_does_not_come_ends_the_booking_where_the_trek_says_so() {
    let scene = open(true).await;
    let held = partly(&scene, &somebody()).await;
    morning(&scene, -10).await;
    assert_eq!(status(&scene, held.id).await, BookingStatus::PartiallyPaid, "due today is not overdue");
    morning(&scene, -9).await;
    let ended = scene.booking(held.id).await;
    assert_eq!(ended.status, BookingStatus::Cancelled);
    assert_eq!(ended.cancellation.unwrap().by, CancelledBy::Overdue);
    // By the policy half of what was paid goes back nine days before the start; what was due is due no more.
    let owed: Vec<_> = scene.sent::<RefundOwed>().await.iter().map(|it| it.amount).collect();
    assert_eq!((owed, scene.batch().await.free), (vec![52_500], 5));
    assert_eq!(scene.sent::<DueLapsed>().await.len(), 1);
    assert_eq!(scene.told().await["bookings.booking.cancelled"], 1);

    let scene = open(false).await;
    let held = partly(&scene, &somebody()).await;
    for days in [-9, -1] {
        morning(&scene, days).await;
        assert_eq!(status(&scene, held.id).await, BookingStatus::PartiallyPaid, "its operator decides");
    }
    assert!(scene.sent::<RefundOwed>().await.is_empty());
}

#[tokio::test]
async fn a_trip_is_reminded_of_two_days_before_and_is_over_the_day_after_its_end() {
    let scene = open(true).await;
    let (ada, eve) = (somebody(), somebody());
    let confirmed = scene.hold(&ada, 2).await.unwrap();
    scene.pay(&confirmed, 1).await;
    scene.bookings.name_participants(&ada, confirmed.id, &names(2)).await.unwrap();
    let unnamed = scene.hold(&eve, 1).await.unwrap();
    scene.pay(&unnamed, 1).await;
    morning(&scene, -3).await;
    assert!(reminders(&scene).await.is_empty());
    morning(&scene, -2).await;
    morning(&scene, -1).await;
    assert_eq!(reminders(&scene).await, ["trip", "trip"], "one for each booking");
    // It takes five days.
    morning(&scene, 5).await;
    assert_eq!(status(&scene, confirmed.id).await, BookingStatus::Confirmed);
    morning(&scene, 6).await;
    assert_eq!(status(&scene, confirmed.id).await, BookingStatus::Completed);
    assert_eq!(status(&scene, unnamed.id).await, BookingStatus::Paid, "it was never confirmed");
    morning(&scene, 7).await;
    assert_eq!(scene.told().await["bookings.booking.completed"], 1);
    let performance = scene.bookings.batch_performance(scene.batch).await.unwrap();
    assert_eq!((performance.actual_participants, performance.no_shows), (2, 0));
}

#[tokio::test]
async fn who_missed_a_morning_is_not_reminded_of_what_has_passed() {
    let scene = open(false).await;
    let ada = somebody();
    let held = scene.hold(&ada, 1).await.unwrap();
    scene.pay(&held, 1).await;
    scene.bookings.name_participants(&ada, held.id, &names(1)).await.unwrap();
    // The schedule stood still over the trip.
    morning(&scene, 20).await;
    assert!(reminders(&scene).await.is_empty());
    assert_eq!(status(&scene, held.id).await, BookingStatus::Completed);
}

#[tokio::test]
async fn another_date_is_reminded_of_anew_and_a_hand_reminds_of_a_balance_once() {
    let scene = open(true).await;
    let held = partly(&scene, &somebody()).await;
    morning(&scene, -13).await;
    let later = scene.departure(60, 5).await;
    let wish = bookings::desk::ShiftWish { batch_id: later };
    scene.bookings.shift(&common::admin(), held.id, &wish).await.unwrap();
    morning(&scene, -9).await;
    assert_eq!(status(&scene, held.id).await, BookingStatus::PartiallyPaid, "its balance is due later, too");
    morning(&scene, 20 - 13).await;
    assert_eq!(reminders(&scene).await, ["balance", "balance"]);
    let balance = bookings::desk::Message::PartialReminder;
    let twice = scene.bookings.send(&common::admin(), held.id, balance).await.err().unwrap();
    assert_eq!(twice.problem, NOT_NOW);
}

#[tokio::test]
async fn more_than_one_run_takes_are_done_by_the_next() {
    let scene = Scene::open(150).await;
    for _ in 0..130 {
        let held = scene.hold(&somebody(), 1).await.unwrap();
        scene.pay(&held, 1).await;
    }
    let clock = Clock { bookings: scene.bookings.clone(), zone: TimeZone::UTC };
    let now = at(&scene, -2).await;
    let mut runs = Vec::new();
    while runs.last() != Some(&0) {
        runs.push(clock.morning_of(now).await.unwrap());
    }
    assert_eq!((runs.iter().sum::<usize>(), reminders(&scene).await.len()), (130, 130));
    assert!(runs.len() > 2, "a run is short enough for its function: {runs:?}");
}
