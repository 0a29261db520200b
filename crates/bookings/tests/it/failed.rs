//! Bookings that came to nothing: why, and the way back, which needs seats.

use std::sync::Arc;

use bookings::batch::{BatchStatus, SOLD_OUT};
use bookings::booking::{BookingId, BookingStatus};
use bookings::desk::CancelWish;
use bookings::failed::{FailedQuery, FailureReason};
use bookings::saga::NOT_NOW;
use bookings::{ALREADY_HELD, Desk};
use contracts::payments::{PaymentDue, PaymentFailed, Subject};
use kernel::page::PageRequest;
use kernel::{Problem, time};
use serde_json::json;
use store::Pager;
use testkit::read;

use crate::common::{Scene, admin, somebody};

async fn expired(scene: &Scene) -> BookingId {
    let held = scene.hold(&somebody(), 1).await.unwrap();
    scene.let_hold_run_out(held.id).await;
    scene.bookings.expire_holds().await.unwrap();
    held.id
}

#[tokio::test]
async fn each_is_archived_with_its_reason_and_found_by_it() {
    let scene = Scene::open(9).await;
    let ada = somebody();
    let late = expired(&scene).await;
    let ill = scene.hold(&ada, 1).await.unwrap();
    scene.bookings.cancel(&ada, ill.id, &read(json!({"reason": "Ill"}))).await.unwrap();
    let by_us = scene.hold(&somebody(), 1).await.unwrap();
    scene.bookings.cancel(&admin(), by_us.id, &CancelWish::default()).await.unwrap();
    let refused = scene.hold(&somebody(), 1).await.unwrap();
    let declined = PaymentFailed {
        about: Subject { kind: "booking".into(), id: refused.id.to_string(), instalment: 1 },
        payment_id: "p".into(),
        user_id: refused.user_id,
        code: "card_declined".into(),
        message: "The card was declined".into(),
    };
    scene.follow(&declined).await;
    let held = scene.booking(refused.id).await;
    assert_eq!((held.status, scene.batch().await.held), (BookingStatus::OnHold, 1), "it may be tried again");
    assert!(scene.bookings.failed(refused.id).await.is_err());
    scene.let_hold_run_out(refused.id).await;
    scene.bookings.expire_holds().await.unwrap();
    // What was paid and cancelled did not come to nothing.
    let paid = scene.hold(&ada, 1).await.unwrap();
    scene.pay(&paid, 1).await;
    scene.bookings.cancel(&ada, paid.id, &CancelWish::default()).await.unwrap();

    let desk = Desk { bookings: scene.bookings.clone(), pager: Pager::new(&"c".repeat(64)) };
    let list = async |reason: Option<FailureReason>| {
        let page = PageRequest { limit: 10, cursor: None };
        let page = desk.list_failed(&FailedQuery { reason, page }).await.unwrap();
        page.data.into_iter().map(|it| (it.booking_id, it.details)).collect::<Vec<_>>()
    };
    assert_eq!(list(None).await.len(), 4);
    assert_eq!(list(Some(FailureReason::SessionExpired)).await, [(late, None)]);
    assert_eq!(list(Some(FailureReason::UserCancelled)).await, [(ill.id, Some("Ill".into()))]);
    assert_eq!(list(Some(FailureReason::SystemError)).await, [(by_us.id, None)]);
    let why = Some("The card was declined".to_owned());
    assert_eq!(list(Some(FailureReason::PaymentFailed)).await, [(refused.id, why)]);
}

#[tokio::test]
async fn one_comes_back_with_its_seats_or_not_at_all() {
    let scene = Scene::open(1).await;
    let ada = somebody();
    let late = scene.hold(&ada, 1).await.unwrap();
    scene.let_hold_run_out(late.id).await;
    scene.bookings.expire_holds().await.unwrap();
    let other = scene.hold(&somebody(), 1).await.unwrap();
    let refused = scene.bookings.restore_failed(late.id).await.err().unwrap();
    assert_eq!((refused.problem, refused.more()), (SOLD_OUT, [("seats_left", json!(0))].as_slice()));
    assert_eq!(scene.booking(late.id).await.status, BookingStatus::Expired);
    scene.bookings.failed(late.id).await.unwrap();

    scene.bookings.cancel(&admin(), other.id, &CancelWish::default()).await.unwrap();
    let asked = scene.sent::<PaymentDue>().await.len();
    let restored = scene.bookings.restore_failed(late.id).await.unwrap();
    assert_eq!((restored.status, restored.balance), (BookingStatus::OnHold, late.total));
    assert!(restored.hold_expires_at.unwrap() > time::now() + time::hours(23));
    assert_eq!((scene.batch().await.held, scene.batch().await.free), (1, 0));
    let due = scene.sent::<PaymentDue>().await;
    assert_eq!((due.len(), due.last().unwrap().amount), (asked + 1, late.total));
    let twice = scene.bookings.restore_failed(late.id).await.err().unwrap();
    assert_eq!(twice.problem, Problem::NOT_FOUND);
    scene.pay(&late, 1).await;
    assert_eq!(scene.booking(late.id).await.status, BookingStatus::Paid);
}

#[tokio::test]
async fn nobody_gets_a_second_hold_by_the_way_back() {
    let scene = Scene::open(5).await;
    let ada = somebody();
    let late = scene.hold(&ada, 1).await.unwrap();
    scene.let_hold_run_out(late.id).await;
    scene.bookings.expire_holds().await.unwrap();
    scene.hold(&ada, 2).await.unwrap();
    assert_eq!(scene.bookings.restore_failed(late.id).await.err().unwrap().problem, ALREADY_HELD);
    assert_eq!(scene.batch().await.held, 2);
}

#[tokio::test]
async fn nothing_comes_back_to_a_departure_that_was_called_off() {
    let scene = Scene::open(5).await;
    let late = expired(&scene).await;
    scene.bookings.set_batch_status(scene.batch, BatchStatus::Cancelled).await.unwrap();
    let refused = scene.bookings.restore_failed(late).await.err().unwrap();
    assert_eq!(refused.problem, NOT_NOW, "there are seats, and nobody goes");
    assert_eq!(scene.batch().await.held, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_come_back_to_one_seat_one_does() {
    let scene = Arc::new(Scene::open(1).await);
    let both = [expired(&scene).await, expired(&scene).await];
    let mut all = tokio::task::JoinSet::new();
    for id in both {
        let scene = scene.clone();
        all.spawn(async move { scene.bookings.restore_failed(id).await.map_err(|it| it.problem) });
    }
    let answers = all.join_all().await;
    assert_eq!(answers.iter().filter(|it| it.is_ok()).count(), 1);
    assert_eq!(answers.iter().filter(|it| it.as_ref().err() == Some(&SOLD_OUT)).count(), 1);
    let batch = scene.batch().await;
    assert_eq!((batch.held, batch.free), (1, 0));
}

#[tokio::test]
async fn what_is_taken_out_of_the_archive_is_still_a_booking() {
    let scene = Scene::open(1).await;
    let late = expired(&scene).await;
    scene.bookings.delete_failed(late).await.unwrap();
    assert_eq!(scene.bookings.delete_failed(late).await.err().unwrap().problem, Problem::NOT_FOUND);
    assert_eq!(scene.bookings.restore_failed(late).await.err().unwrap().problem, Problem::NOT_FOUND);
    assert_eq!(scene.booking(late).await.status, BookingStatus::Expired);
}
