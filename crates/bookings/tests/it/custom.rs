//! A trek that was made for somebody, booked by its link.

use std::sync::Arc;

use bookings::batch::SOLD_OUT;
use bookings::batch::write::NewBatch;
use bookings::booking::{BookingStatus, OwnerId};
use bookings::custom::{LINK_EXPIRED, NewCustomBooking};
use bookings::desk::CancelWish;
use bookings::terms::CatalogueTold;
use bookings::view::BookingView;
use contracts::payments::{PaymentDue, RefundOwed};
use contracts::tours::{CustomDeparture, TrekChanged};
use kernel::{Failure, Problem, Timestamp, time};
use serde_json::json;
use testkit::read;
use web::{Caller, Once};

use crate::common::{Scene, somebody, trek_told};

const TOKEN: &str = "the-link-that-was-mailed";

fn told(trek: OwnerId, version: u64, link_expires_at: Timestamp) -> TrekChanged {
    let start_date = time::now() + time::days(30);
    let custom = CustomDeparture {
        start_date,
        end_date: start_date + time::days(5),
        max_participants: 3,
        token_digest: Some(kernel::text::digest(TOKEN)),
        link_expires_at: Some(link_expires_at),
    };
    TrekChanged { custom: Some(custom), ..trek_told(trek, version) }
}

async fn tell(scene: &Scene, told: TrekChanged) {
    scene.bookings.follow_catalogue(&CatalogueTold::Trek(Box::new(told))).await.unwrap();
}

/// A trek of somebody's own, whose link leads to it for a day.
async fn open() -> (Scene, OwnerId) {
    let (scene, trek) = (Scene::open(1).await, OwnerId::new());
    tell(&scene, told(trek, 1, time::now() + time::days(1))).await;
    (scene, trek)
}

async fn book(scene: &Scene, caller: &Caller, token: &str, seats: u32) -> Result<BookingView, Failure> {
    let new: NewCustomBooking = read(json!({
        "token": token, "participants": seats, "contact": {"name": "Ada", "email": "ada@example.com"},
    }));
    scene.bookings.book_custom(caller, Once::default(), &new).await.map(|it| it.body)
}

#[tokio::test]
async fn it_is_confirmed_at_once_and_asks_for_no_payment() {
    let (scene, trek) = open().await;
    let ada = somebody();
    let booked = book(&scene, &ada, TOKEN, 2).await.unwrap();
    assert_eq!((booked.status, booked.owner_id), (BookingStatus::Confirmed, trek));
    assert_eq!((booked.balance, booked.paid_amount, booked.hold_expires_at), (0, 0, None));
    assert!(scene.sent::<PaymentDue>().await.is_empty());
    let seats = scene.bookings.show_batch(booked.batch_id, true).await.unwrap();
    assert_eq!(seats.seats_left, 1);
    // Nothing was paid here, so nothing goes back.
    scene.bookings.cancel(&ada, booked.id, &CancelWish::default()).await.unwrap();
    assert!(scene.sent::<RefundOwed>().await.is_empty());
    assert_eq!(scene.bookings.show_batch(booked.batch_id, true).await.unwrap().seats_left, 3);
    assert!(scene.bookings.failed(booked.id).await.is_err(), "it did not come to nothing: it was cancelled");
}

#[tokio::test]
async fn the_link_leads_there_until_it_expires_and_nothing_else_does() {
    let (scene, trek) = open().await;
    let ada = somebody();
    let unknown = book(&scene, &ada, "a-guess", 1).await.unwrap_err();
    assert_eq!(unknown.problem, Problem::NOT_FOUND);
    // What is in events, and so in many tables, is no key.
    let digest = book(&scene, &ada, &kernel::text::digest(TOKEN), 1).await.unwrap_err();
    assert_eq!(digest.problem, Problem::NOT_FOUND);
    let batch = book(&scene, &ada, TOKEN, 1).await.unwrap().batch_id;
    let open = scene.wish(1, |it| {
        it["owner_id"] = json!(trek);
        it["batch_id"] = json!(batch);
    });
    let refused = scene.bookings.hold(&ada, Once::default(), &open).await.err().unwrap();
    assert_eq!(refused.problem, Problem::INVALID_REQUEST);
    let second: NewBatch = read(json!({
        "owner_kind": "trek", "owner_id": trek, "start_date": time::now() + time::days(9),
        "end_date": time::now() + time::days(12),
    }));
    assert!(scene.bookings.create_batch(Once::default(), &second).await.is_err(), "it has its one departure");

    tell(&scene, told(trek, 2, time::now() - time::seconds(1))).await;
    assert_eq!(book(&scene, &ada, TOKEN, 1).await.unwrap_err().problem, LINK_EXPIRED);
    // News that come late open it no more.
    tell(&scene, told(trek, 1, time::now() + time::days(1))).await;
    assert_eq!(book(&scene, &ada, TOKEN, 1).await.unwrap_err().problem, LINK_EXPIRED);
    tell(&scene, told(trek, 3, time::now() + time::days(1))).await;
    book(&scene, &ada, TOKEN, 1).await.unwrap();
    let gone = TrekChanged { deleted: true, ..told(trek, 4, time::now() + time::days(1)) };
    tell(&scene, gone).await;
    assert_eq!(book(&scene, &ada, TOKEN, 1).await.unwrap_err().problem, Problem::NOT_FOUND);
}

#[tokio::test]
async fn taken_off_sale_it_is_not_sold_by_its_link_either() {
    let (scene, trek) = open().await;
    let expires = time::now() + time::days(1);
    tell(&scene, TrekChanged { enabled: false, ..told(trek, 2, expires) }).await;
    assert_eq!(book(&scene, &somebody(), TOKEN, 1).await.unwrap_err().problem, Problem::NOT_FOUND);
    tell(&scene, told(trek, 3, expires)).await;
    book(&scene, &somebody(), TOKEN, 1).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn its_seats_are_sold_once_too() {
    let (scene, _) = open().await;
    let scene = Arc::new(scene);
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let scene = scene.clone();
        all.spawn(async move { book(&scene, &somebody(), TOKEN, 1).await.map_err(|it| it.problem) });
    }
    let answers = all.join_all().await;
    assert_eq!(answers.iter().filter(|it| it.is_ok()).count(), 3);
    assert!(answers.iter().all(|it| it.as_ref().err().is_none_or(|problem| *problem == SOLD_OUT)));
    let refused = book(&scene, &somebody(), TOKEN, 1).await.unwrap_err();
    assert_eq!(refused.more(), [("seats_left", json!(0))]);
}
