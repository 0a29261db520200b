//! What becomes of a booking: held, paid, named, confirmed, cancelled, moved; and what strangers are told.

use bookings::batch::BatchStatus;
use bookings::booking::{BookingStatus, RefundStatus};
use bookings::desk::{BookingStatusWish, CancelWish, NewManualBooking, ShiftWish};
use bookings::hold::NOT_ON_SALE;
use bookings::request::{NewRequest, REQUEST_PENDING, RequestAnswer};
use bookings::saga::NOT_NOW;
use contracts::bookings::{BatchChanged, FollowBatch, TellBatch};
use contracts::identity::AccountChanged;
use contracts::payments::{
    CheckoutOpened, DueLapsed, DueRejected, OfflinePaid, PaymentDue, PromoChanged, RefundOwed,
    RefundSucceeded, Subject,
};
use contracts::tours::PartialPaymentTerms;
use contracts::users::UserErased;
use kernel::{Problem, time};
use serde_json::json;
use testkit::{envelope, read, received, taken};
use web::Once;

use crate::common::{Scene, admin, names, payment_told, somebody, succeeded};

#[tokio::test]
async fn a_booking_is_held_paid_named_and_confirmed_and_each_message_counts_once() {
    let scene = Scene::open(5).await;
    let ada = somebody();
    let held = scene.hold(&ada, 2).await.unwrap();
    assert_eq!((held.status, held.total), (BookingStatus::OnHold, 210_000));
    let due = scene.sent::<PaymentDue>().await;
    assert_eq!((due[0].amount, due[0].revision, due[0].about.instalment), (210_000, 1, 1));

    let payment = payment_told(&succeeded(&held, 1, "p1", 210_000));
    for _ in 0..3 {
        scene.bookings.follow_payment(&payment).await.unwrap();
    }
    // The same payment told by another message.
    scene.pay_as(&held, 1, "p1").await;
    let paid = scene.booking(held.id).await;
    assert_eq!((paid.status, paid.paid, paid.payments.len()), (BookingStatus::Paid, 210_000, 1));
    assert_eq!((scene.batch().await.held, scene.batch().await.booked), (0, 2));

    let wrong = scene.bookings.name_participants(&ada, held.id, &names(1)).await.err().unwrap();
    assert_eq!(wrong.problem, Problem::INVALID_REQUEST);
    let confirmed = scene.bookings.name_participants(&ada, held.id, &names(2)).await.unwrap();
    assert_eq!(confirmed.status, BookingStatus::Confirmed);
    let told = scene.told().await;
    for kind in ["created", "paid", "confirmed"] {
        assert_eq!(told[&format!("bookings.booking.{kind}")], 1, "{kind}");
    }
    assert!(!told.contains_key("payments.refund"));
    let performance = scene.bookings.batch_performance(scene.batch).await.unwrap();
    assert_eq!((performance.bookings, performance.participants, performance.revenue), (1, 2, 210_000));
}

#[tokio::test]
async fn the_price_is_ours_and_a_client_that_shows_another_is_told_so() {
    let scene = Scene::open(5).await;
    let wish = scene.wish(1, |it| it["expected"] = json!({"total": 1, "due_now": 105_000}));
    let refused = scene.bookings.hold(&somebody(), Once::default(), &wish).await.err().unwrap();
    let pointers: Vec<_> = refused.errors.iter().map(|it| it.pointer.as_str()).collect();
    assert_eq!((refused.problem, pointers), (Problem::INVALID_REQUEST, vec!["/expected/total"]));
    let wish = scene.wish(1, |it| it["payment_mode"] = json!("partial"));
    assert!(scene.bookings.hold(&somebody(), Once::default(), &wish).await.is_err(), "no part payment here");
    assert_eq!(scene.batch().await.free, 5);
}

#[tokio::test]
async fn a_code_makes_it_cheaper_and_one_that_ran_out_does_not() {
    let scene = Scene::open(5).await;
    let promo = PromoChanged {
        code: "TEN".into(),
        version: 1,
        percentage: true,
        value: 1_000,
        currency: None,
        valid_from: time::now() - time::days(1),
        valid_until: time::now() + time::days(1),
        min_order: 0,
        applicable: Vec::new(),
        active: true,
        deleted: false,
    };
    scene.follow(&promo).await;
    let wish = scene.wish(1, |it| it["promo_code"] = json!("ten"));
    let held = scene.bookings.hold(&somebody(), Once::default(), &wish).await.unwrap().body;
    assert_eq!((held.price.discount, held.total), (10_000, 94_500));
    let about = Subject { kind: "booking".into(), id: held.id.to_string(), instalment: 1 };
    let rejected = DueRejected { about, revision: 1, code: "promo_exhausted".into() };
    scene.follow(&rejected).await;
    scene.follow(&rejected).await;
    let without = scene.booking(held.id).await;
    assert_eq!((without.total, without.revision), (105_000, 2));
    let due = scene.sent::<PaymentDue>().await;
    assert_eq!(due.iter().map(|it| it.amount).collect::<Vec<_>>(), [94_500, 105_000]);
}

#[tokio::test]
async fn two_instalments_are_told_apart_and_the_balance_can_be_taken_outside() {
    let scene = Scene::open_with(5, |trek| {
        trek.terms.partial_payment = Some(PartialPaymentTerms {
            amount: 2_500,
            percentage: true,
            final_due_days: 10,
            auto_cancel: true,
        });
    })
    .await;
    let ada = somebody();
    let wish = scene.wish(1, |it| it["payment_mode"] = json!("partial"));
    let held = scene.bookings.hold(&ada, Once::default(), &wish).await.unwrap().body;
    assert_eq!(held.instalments.iter().map(|it| it.amount).collect::<Vec<_>>(), [26_250, 78_750]);
    scene.pay(&held, 1).await;
    scene.pay_as(&held, 1, "again").await;
    let partly = scene.booking(held.id).await;
    assert_eq!((partly.status, partly.paid), (BookingStatus::PartiallyPaid, 26_250));
    let owed = scene.sent::<RefundOwed>().await;
    assert_eq!(
        (owed.len(), owed[0].amount),
        (1, 26_250),
        "a second payment of the same instalment goes back"
    );

    let paid = scene.bookings.mark_paid(admin().user_id, held.id).await.unwrap();
    assert_eq!((paid.status, paid.balance), (BookingStatus::Paid, 0));
    assert_eq!(scene.sent::<OfflinePaid>().await[0].amount, 78_750);
    let mut told = succeeded(&held, 2, "offline-1", 78_750);
    told.provider = "offline".into();
    scene.follow(&told).await;
    assert_eq!(scene.booking(held.id).await.paid, 105_000, "payments has booked it, and it counts once");
    assert_eq!(scene.sent::<RefundOwed>().await.len(), 1);
}

#[tokio::test]
async fn a_hold_that_ran_out_frees_its_seats_and_its_late_payment_finds_them_or_goes_back() {
    let scene = Scene::open(1).await;
    let (ada, eve) = (somebody(), somebody());
    let late = scene.hold(&ada, 1).await.unwrap();
    scene.let_hold_run_out(late.id).await;
    assert_eq!(scene.bookings.expire_holds().await.unwrap(), 1);
    assert_eq!(scene.bookings.expire_holds().await.unwrap(), 0);
    assert_eq!(scene.booking(late.id).await.status, BookingStatus::Expired);
    assert_eq!(scene.bookings.failed(late.id).await.unwrap().reason.name(), "session_expired");
    assert_eq!(scene.sent::<DueLapsed>().await.len(), 1);

    let other = scene.hold(&eve, 1).await.unwrap();
    scene.pay(&late, 1).await;
    assert_eq!(scene.booking(late.id).await.status, BookingStatus::Cancelled);
    let owed = scene.sent::<RefundOwed>().await;
    assert_eq!((owed.len(), owed[0].amount), (1, late.total));
    scene.pay(&other, 1).await;

    let scene = Scene::open(1).await;
    let late = scene.hold(&ada, 1).await.unwrap();
    scene.let_hold_run_out(late.id).await;
    scene.bookings.expire_holds().await.unwrap();
    scene.pay(&late, 1).await;
    assert_eq!(scene.booking(late.id).await.status, BookingStatus::Paid);
    assert_eq!(scene.batch().await.booked, 1);
    assert!(scene.bookings.failed(late.id).await.is_err(), "it came back to life");
}

#[tokio::test]
async fn money_for_a_booking_that_was_removed_goes_back() {
    let scene = Scene::open(1).await;
    let held = scene.hold(&somebody(), 1).await.unwrap();
    scene.bookings.delete_booking(&admin(), held.id).await.unwrap();
    assert_eq!((scene.batch().await.free, scene.batch().await.uses), (1, 0));
    scene.pay(&held, 1).await;
    assert_eq!(scene.sent::<RefundOwed>().await[0].amount, held.total);
}

#[tokio::test]
async fn cancelling_gives_back_by_the_policy_and_only_operators_give_more() {
    let scene = Scene::open(5).await;
    let ada = somebody();
    let held = scene.hold(&ada, 3).await.unwrap();
    scene.pay(&held, 1).await;
    let full: CancelWish = read(json!({"refund_type": "full"}));
    let refused = scene.bookings.cancel(&ada, held.id, &full).await.err().unwrap();
    assert_eq!(refused.problem, Problem::FORBIDDEN);
    let stranger = scene.bookings.cancel(&somebody(), held.id, &CancelWish::default()).await.err().unwrap();
    assert_eq!(stranger.problem, Problem::NOT_FOUND);

    let one = held.participants[0].id;
    let preview =
        scene.bookings.preview_refund(&ada, held.id, &read(json!({"participant_id": one}))).await.unwrap();
    assert_eq!((preview.amount, preview.percent), (105_000, 100));
    let view = scene.bookings.cancel_participant(&ada, held.id, one, &CancelWish::default()).await.unwrap();
    assert_eq!(view.participants[0].refund_status, RefundStatus::Pending);
    assert_eq!(view.participants[1].refund_status, RefundStatus::NotApplicable);
    let twice = scene.bookings.cancel_participant(&ada, held.id, one, &CancelWish::default()).await;
    assert_eq!(twice.err().unwrap().problem, Problem::NOT_FOUND);
    assert_eq!(scene.batch().await.booked, 2);

    let owed = scene.sent::<RefundOwed>().await.remove(0);
    let back = RefundSucceeded {
        about: owed.about,
        refund_id: "r".into(),
        key: owed.key,
        user_id: ada.user_id,
        amount: owed.amount,
        currency: owed.currency,
        complete: true,
        part: owed.part,
    };
    scene.follow(&back).await;
    let view = scene.bookings.show(&ada, held.id).await.unwrap();
    assert_eq!((view.participants[0].refund_status, view.refunded_amount), (RefundStatus::Success, 105_000));

    scene.bookings.cancel(&ada, held.id, &CancelWish::default()).await.unwrap();
    let twice = scene.bookings.cancel(&ada, held.id, &CancelWish::default()).await.err().unwrap();
    assert_eq!(twice.problem, NOT_NOW);
    let owed: i64 = scene.sent::<RefundOwed>().await.iter().map(|it| it.amount).sum();
    assert_eq!((owed, scene.batch().await.free), (held.total, 5));
    let restored = scene.bookings.restore(held.id).await.unwrap();
    assert_eq!((restored.status, restored.balance), (BookingStatus::OnHold, 210_000));
    assert_eq!(scene.batch().await.held, 2);
}

#[tokio::test]
async fn a_request_is_answered_once_and_approving_it_moves_the_booking() {
    let scene = Scene::open(5).await;
    let ada = somebody();
    let held = scene.hold(&ada, 2).await.unwrap();
    scene.pay(&held, 1).await;
    let to = scene.departure(60, 2).await;
    let wish: NewRequest = read(json!({"type": "reschedule", "reason": "Rain", "preferred_batch": to}));
    let stranger = scene.bookings.ask(&somebody(), Once::default(), held.id, &wish).await.err().unwrap();
    assert_eq!(stranger.problem, Problem::NOT_FOUND);
    scene.bookings.ask(&ada, Once::default(), held.id, &wish).await.unwrap();
    let second = scene.bookings.ask(&ada, Once::default(), held.id, &wish).await.err().unwrap();
    assert_eq!(second.problem, REQUEST_PENDING);
    let yes: RequestAnswer = read(json!({"approve": true, "answer": "Gladly"}));
    let moved = scene.bookings.answer(&admin(), held.id, &yes).await.unwrap();
    assert_eq!(moved.batch_id, to);
    assert_eq!(
        (scene.batch().await.free, scene.bookings.show_batch(to, true).await.unwrap().seats_left),
        (5, 0)
    );
    assert_eq!(scene.bookings.answer(&admin(), held.id, &yes).await.err().unwrap().problem, NOT_NOW);
    let full = scene.departure(70, 1).await;
    let refused = scene.bookings.shift(&admin(), held.id, &ShiftWish { batch_id: full }).await.err().unwrap();
    assert_eq!(refused.more(), [("seats_left", json!(1))]);
}

#[tokio::test]
async fn everybody_on_a_cancelled_departure_gets_everything_back_page_by_page() {
    let scene = Scene::open(30).await;
    let mut total = 0;
    for at in 0..23 {
        let held = scene.hold(&somebody(), 1).await.unwrap();
        if at % 2 == 0 {
            scene.pay(&held, 1).await;
            total += held.total;
        }
    }
    scene.bookings.set_batch_status(scene.batch, BatchStatus::Cancelled).await.unwrap();
    assert_eq!(scene.hold(&somebody(), 1).await.unwrap_err().problem, NOT_ON_SALE);
    // Each message is delivered twice, and leads to the next page.
    let mut done = 0;
    while let Some(page) = scene.sent::<FollowBatch>().await.get(done) {
        let message = received(page.clone());
        scene.bookings.follow_batch(&message).await.unwrap();
        scene.bookings.follow_batch(&message).await.unwrap();
        done += 1;
    }
    assert_eq!(done, 2);
    let owed: i64 = scene.sent::<RefundOwed>().await.iter().map(|it| it.amount).sum();
    assert_eq!((owed, scene.batch().await.free), (total, 30));
    scene.bookings.tell_batch(&received(TellBatch { batch_id: scene.batch.to_string() })).await.unwrap();
    let last = scene.sent::<BatchChanged>().await.pop().unwrap();
    assert_eq!((last.status.as_str(), last.seats_left), ("cancelled", 30));
}

#[tokio::test]
async fn a_page_to_pay_on_is_waited_for_and_is_the_same_when_asked_again() {
    let scene = Scene::open(1).await;
    let tour = bookings::booking::OwnerId::new();
    let start = time::now() + time::days(30);
    let told = contracts::tours::TourChanged {
        tour_id: tour.to_string(),
        version: 1,
        name: "The Sea Explorer".into(),
        slug: "sea".into(),
        summary: "Sea".into(),
        image_cover: "sea.jpg".into(),
        price: 49_700,
        currency: "USD".into(),
        duration: 7,
        max_group_size: 2,
        start_dates: vec![start],
        secret: false,
        deleted: false,
    };
    scene.bookings.follow_catalogue(&bookings::terms::CatalogueTold::Tour(told)).await.unwrap();
    let ada = somebody();
    let unknown = scene.bookings.open_checkout(&ada, tour, None).await.err().unwrap();
    assert_eq!(unknown.problem, Problem::UNAVAILABLE, "the account was not told of yet");
    scene.bookings.keep_person(&account(&ada)).await.unwrap();
    let soon = scene.bookings.open_checkout(&ada, tour, None).await.unwrap();
    let bookings::checkout::Opened::Soon(id) = soon else { panic!("{soon:?}") };
    let due = scene.sent::<PaymentDue>().await.pop().unwrap();
    let page = due.checkout.unwrap();
    assert_eq!((page.name.as_str(), due.amount), ("The Sea Explorer", 49_700));
    let opened = CheckoutOpened {
        about: due.about,
        revision: due.revision,
        url: "https://pay.example/1".into(),
        expires_at: due.expires_at,
    };
    scene.follow(&opened).await;
    let now = scene.bookings.open_checkout(&ada, tour, None).await.unwrap();
    let bookings::checkout::Opened::Now(session) = now else { panic!("{now:?}") };
    assert_eq!((session.booking.id, session.url.as_str()), (id, "https://pay.example/1"));
}

fn account(caller: &web::Caller) -> AccountChanged {
    AccountChanged {
        user_id: caller.user_id,
        version: 1,
        email: "ada@example.com".into(),
        given_name: "Ada".into(),
        family_name: "Lovelace".into(),
        roles: vec!["user".into()],
        verified: true,
        active: true,
        username: None,
        phone: Some("+4915112345678".into()),
        group_id: None,
        created_at: None,
    }
}

#[tokio::test]
async fn an_operator_books_for_somebody_who_has_an_account() {
    let scene = Scene::open(3).await;
    let ada = somebody();
    let new = |seats: u32| -> NewManualBooking {
        read(json!({
            "user_id": ada.user_id, "owner_kind": "trek", "owner_id": scene.trek, "participants": seats,
            "payment_status": "completed",
        }))
    };
    let nobody = scene.bookings.book_for(&admin(), Once::default(), &new(2)).await.err().unwrap();
    assert_eq!(nobody.problem, Problem::INVALID_REQUEST);
    scene.bookings.keep_person(&account(&ada)).await.unwrap();
    let made = scene.bookings.book_for(&admin(), Once::default(), &new(2)).await.unwrap().body;
    assert_eq!((made.status, made.paid_amount, made.admin_created), (BookingStatus::Paid, 210_000, true));
    let full = scene.bookings.book_for(&admin(), Once::default(), &new(2)).await.err().unwrap();
    assert_eq!(full.problem, Problem::INVALID_REQUEST, "no departure with room");
    let found = scene.bookings.find_user(&read(json!({"phone": "+49 151 12345678"}))).await.unwrap();
    assert_eq!(found.user_id, ada.user_id);
    let early: BookingStatusWish = read(json!({"status": "completed"}));
    assert_eq!(scene.bookings.set_status(&admin(), made.id, &early).await.err().unwrap().problem, NOT_NOW);
}

#[tokio::test]
async fn what_an_operator_books_in_part_follows_the_treks_own_rule() {
    let scene = Scene::open_with(3, |trek| {
        trek.terms.partial_payment = Some(PartialPaymentTerms {
            amount: 2_500,
            percentage: true,
            final_due_days: 10,
            auto_cancel: true,
        });
    })
    .await;
    let ada = somebody();
    scene.bookings.keep_person(&account(&ada)).await.unwrap();
    let new: NewManualBooking = read(json!({
        "user_id": ada.user_id, "owner_kind": "trek", "owner_id": scene.trek, "batch_id": scene.batch,
        "payment_status": "partial",
    }));
    let made = scene.bookings.book_for(&admin(), Once::default(), &new).await.unwrap().body;
    // A quarter, as the trek says, and not half.
    assert_eq!((made.paid_amount, made.balance), (26_250, 78_750));
    assert_eq!((made.status, scene.batch().await.booked), (BookingStatus::PartiallyPaid, 1));
    assert_eq!(scene.sent::<OfflinePaid>().await[0].amount, 26_250);
    assert_eq!(scene.sent::<PaymentDue>().await[0].amount, 78_750, "the rest can be paid here");
    scene.bookings.set_batch_status(scene.batch, BatchStatus::Cancelled).await.unwrap();
    let late = scene.bookings.book_for(&admin(), Once::default(), &new).await.err().unwrap();
    assert_eq!(late.problem, NOT_NOW, "there are seats, and nobody goes");
}

#[tokio::test]
async fn strangers_find_nothing_and_books_lose_the_names_of_whoever_is_erased() {
    let scene = Scene::open(3).await;
    let ada = somebody();
    scene.bookings.keep_person(&account(&ada)).await.unwrap();
    let held = scene.hold(&ada, 1).await.unwrap();
    scene.pay(&held, 1).await;
    scene.bookings.name_participants(&ada, held.id, &names(1)).await.unwrap();
    let stranger = scene.bookings.show(&somebody(), held.id).await.err().unwrap();
    assert_eq!(stranger.problem, Problem::NOT_FOUND);
    assert!(scene.bookings.show(&admin(), held.id).await.unwrap().remarks.is_some());
    assert!(scene.bookings.show(&ada, held.id).await.unwrap().remarks.is_none());

    let erased = UserErased { user_id: ada.user_id };
    let message = taken::<bookings::personal::PersonTold>(envelope(&erased));
    scene.bookings.follow_person(&message).await.unwrap();
    scene.bookings.follow_person(&message).await.unwrap();
    let booking = scene.booking(held.id).await;
    assert_eq!((booking.paid, booking.status), (held.total, BookingStatus::Confirmed));
    let all = format!("{:?}", scene.cloud.items_of(&scene.bookings.table, "booking").await);
    let people = format!("{:?}", scene.cloud.items_of(&scene.bookings.table, "person").await);
    assert!(!all.contains("ada@example.com") && !people.contains("Lovelace"));
    scene.bookings.keep_person(&account(&ada)).await.unwrap();
    assert!(
        !format!("{:?}", scene.cloud.items_of(&scene.bookings.table, "person").await).contains("Lovelace")
    );
    assert_eq!(scene.told().await["users.part_done"], 1);
}
