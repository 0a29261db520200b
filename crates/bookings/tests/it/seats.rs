//! Seats: never sold twice, whoever comes at the same moment and whatever breaks.

use bookings::batch::list::BatchQuery;
use bookings::batch::write::{BATCH_BOOKED, SEATS_IN_USE};
use bookings::batch::{SOLD_OUT, SeatHold};
use bookings::booking::{BatchId, BookingStatus, OwnerId};
use bookings::desk::CancelWish;
use bookings::terms::CatalogueTold;
use bookings::{Bookings, Desk};
use contracts::tours::TrekChanged;
use kernel::query::{Parameters, Params};
use kernel::{Failure, Problem, time};
use proptest::prelude::*;
use serde_json::json;
use store::Pager;
use testkit::{Cloud, Fault, Storm, read};
use web::Once;

use crate::common::{self, Scene, admin, somebody, trek_told};

/// A departure's numbers are those of its bookings.
async fn agree(scene: &Scene) {
    let batch = scene.batch().await;
    let holds: Vec<SeatHold> = scene.cloud.all(&scene.bookings.table).await;
    let sum = |status: &str| -> i64 {
        holds
            .iter()
            .filter(|it| it.status == status && it.batch_id == batch.id)
            .map(|it| i64::from(it.qty))
            .sum()
    };
    assert_eq!((batch.held, batch.booked), (sum("held"), sum("booked")));
    let offered = i64::from(batch.max_participants) - i64::from(batch.reserved_slots);
    assert!(batch.free >= 0 && batch.held >= 0 && batch.booked >= 0);
    assert_eq!(batch.free + batch.held + batch.booked, offered);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_buyers_for_forty_seats_are_forty_bookings_and_the_rest_is_told_so() {
    let scene = std::sync::Arc::new(Scene::open(40).await);
    let mut buyers = tokio::task::JoinSet::new();
    for _ in 0..200 {
        let scene = scene.clone();
        buyers.spawn(async move {
            let buyer = somebody();
            // A machine that is busy with other things may answer 503; whoever wants a seat asks again.
            loop {
                match scene.hold(&buyer, 1).await {
                    Err(failure) if failure.problem == Problem::UNAVAILABLE => {}
                    answered => return answered.map(|it| it.id).map_err(|it| it.problem),
                }
            }
        });
    }
    let answers = buyers.join_all().await;
    let booked = answers.iter().filter(|it| it.is_ok()).count();
    let refused = answers.iter().filter(|it| matches!(it, Err(problem) if *problem == SOLD_OUT)).count();
    assert_eq!((booked, refused), (40, 160));
    agree(&scene).await;
    assert_eq!(scene.batch().await.free, 0);
    let refusal: Failure = scene.hold(&somebody(), 2).await.unwrap_err();
    assert_eq!(refusal.more(), [("seats_left", json!(0))]);
}

#[tokio::test]
async fn a_hold_whose_answer_was_lost_is_there_once() {
    for fault in [Fault::LostReply, Fault::LostRequest, Fault::Conflict, Fault::Throttled] {
        let scene = Scene::open(2).await;
        scene.cloud.faults().next("TransactWriteItems", fault);
        let held = scene.hold(&somebody(), 2).await.unwrap();
        assert_eq!(held.status, BookingStatus::OnHold, "{fault:?}");
        agree(&scene).await;
        assert_eq!(scene.batch().await.free, 0);
    }
}

#[tokio::test]
async fn a_departure_keeps_the_seats_that_are_in_use_and_goes_only_while_nobody_was_on_it() {
    let scene = Scene::open(5).await;
    let held = scene.hold(&somebody(), 3).await.unwrap();
    let shrink = |to: u32| read(json!({"max_participants": to}));
    let refused = scene.bookings.update_batch(scene.batch, &shrink(2)).await.err().unwrap();
    assert_eq!(refused.problem, SEATS_IN_USE);
    assert_eq!(scene.bookings.update_batch(scene.batch, &shrink(3)).await.unwrap().seats_left, 0);
    scene.bookings.cancel(&admin(), held.id, &CancelWish::default()).await.unwrap();
    assert_eq!(scene.batch().await.free, 3);
    let refused = scene.bookings.delete_batch(scene.batch).await.err().unwrap();
    assert_eq!(refused.problem, BATCH_BOOKED);
    let other = scene.departure(50, 4).await;
    scene.bookings.delete_batch(other).await.unwrap();
    let gone = scene.bookings.show_batch(other, true).await.err().unwrap();
    assert_eq!(gone.problem, Problem::NOT_FOUND);
    agree(&scene).await;
}

#[tokio::test]
async fn what_is_posted_with_a_tour_departs_once() {
    let scene = Scene::open(1).await;
    let start = time::now() + time::days(30);
    let told = CatalogueTold::Tour(contracts::tours::TourChanged {
        tour_id: OwnerId::new().to_string(),
        version: 1,
        name: "The Sea Explorer".into(),
        slug: "the-sea-explorer".into(),
        summary: "Sea".into(),
        image_cover: "sea.jpg".into(),
        price: 49_700,
        currency: "USD".into(),
        duration: 7,
        max_group_size: 15,
        start_dates: vec![start, start + time::days(30), time::now() - time::days(1)],
        secret: false,
        deleted: false,
    });
    for _ in 0..3 {
        scene.bookings.follow_catalogue(&told).await.unwrap();
    }
    let batches = scene.cloud.items_of(&scene.bookings.table, "batch").await;
    assert_eq!(batches.len(), 1 + 2, "one for each date to come, once");
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    /// Buyers, cancellations, expiries, restores and seats that are reserved at once, with conflicts and lost replies in
    /// between.
    #[test]
    fn whatever_comes_together_and_breaks_seats_add_up(seats in 1..8_u32, wishes in proptest::collection::vec(1..4_u32, 1..8), seed: u64) {
        runtime().block_on(async {
            let scene = std::sync::Arc::new(Scene::open(seats).await);
            scene.cloud.faults().storm(seed, Storm { conflicts: 10, throttled: 3, lost_requests: 3, lost_replies: 5 });
            let mut all = tokio::task::JoinSet::new();
            let reserving = scene.clone();
            all.spawn(async move {
                for slots in [1, 0, 2] {
                    let reserved = read(json!({"reserved_slots": slots}));
                    drop(reserving.bookings.update_batch(reserving.batch, &reserved).await);
                }
            });
            for (at, wish) in wishes.into_iter().enumerate() {
                let scene = scene.clone();
                all.spawn(async move {
                    let Ok(held) = scene.hold(&somebody(), wish).await else { return };
                    match at % 4 {
                        0 => drop(scene.bookings.cancel(&admin(), held.id, &CancelWish::default()).await),
                        1 => {
                            scene.let_hold_run_out(held.id).await;
                            drop(scene.bookings.expire_holds().await);
                            drop(scene.bookings.restore(held.id).await);
                        }
                        2 => {
                            let told = common::payment_told(&common::succeeded(&held, 1, "p", held.total));
                            drop(scene.bookings.follow_payment(&told).await);
                            drop(scene.bookings.follow_payment(&told).await);
                        }
                        _ => {}
                    }
                });
            }
            all.join_all().await;
            scene.cloud.faults().calm();
            agree(&scene).await;
        });
    }
}

#[tokio::test]
async fn the_same_wish_again_changes_the_hold_and_makes_no_second_one() {
    let scene = Scene::open(5).await;
    let ada = somebody();
    let first = scene.hold(&ada, 2).await.unwrap();
    let second = scene.hold(&ada, 4).await.unwrap();
    assert_eq!((second.id, second.attempts, second.participants_count), (first.id, 2, 4));
    assert_eq!(scene.batch().await.free, 1);
    let wish = scene.wish(1, |_| ());
    let third = scene.bookings.hold(&ada, Once::default(), &wish).await.unwrap().body;
    assert_eq!((third.attempts, scene.batch().await.free), (3, 4));
    assert_eq!(scene.hold(&ada, 6).await.unwrap_err().problem, SOLD_OUT);
    agree(&scene).await;
}

#[tokio::test]
async fn a_seat_that_is_paid_and_not_yet_named_is_taken() {
    let scene = Scene::open(1).await;
    let paid = scene.hold(&somebody(), 1).await.unwrap();
    scene.pay(&paid, 1).await;
    assert_eq!(scene.booking(paid.id).await.status, BookingStatus::Paid);
    assert_eq!(scene.hold(&somebody(), 1).await.unwrap_err().problem, SOLD_OUT);
    agree(&scene).await;
}

#[tokio::test]
async fn a_departure_is_seen_while_what_it_is_of_is_on_sale() {
    let (cloud, trek) = (Cloud::open().await, OwnerId::new());
    let bookings = Bookings { table: cloud.table("bookings").await };
    let told = async |version, enabled| {
        let told = TrekChanged { enabled, ..trek_told(trek, version) };
        bookings.follow_catalogue(&CatalogueTold::Trek(Box::new(told))).await.unwrap();
    };
    told(1, false).await;
    let scene = Scene { cloud, bookings: bookings.clone(), trek, batch: BatchId::new() };
    let batch = scene.departure(40, 2).await;
    let desk = Desk { bookings: bookings.clone(), pager: Pager::new(&"c".repeat(64)) };
    let calendar = async |sees_hidden| {
        let from = bookings.show_batch(batch, true).await.unwrap().start_date.to_string();
        let mut params = Params::new(vec![("from".into(), from)]);
        let page = desk.list_batches(None, &BatchQuery::take(&mut params), sees_hidden).await.unwrap();
        page.data.iter().any(|it| it.id == batch)
    };
    for (version, enabled) in [(1, false), (2, true), (3, false), (4, true)] {
        told(version, enabled).await;
        assert_eq!(bookings.show_batch(batch, false).await.is_ok(), enabled, "version {version}");
        assert_eq!(calendar(false).await, enabled, "version {version}");
        assert!(calendar(true).await);
    }
}
