//! The saga on its table: whoever does a step dies before or after it, or never hears of it; then somebody does it again, and
//! once more. In the end it is as if nothing had happened, and each thing was told once.

use std::collections::BTreeMap;

use bookings::Bookings;
use bookings::booking::BookingId;
use bookings::desk::CancelWish;
use bookings::follow::PaymentTold;
use bookings::participant::ParticipantId;
use contracts::payments::{RefundOwed, RefundSucceeded};
use contracts::tours::PartialPaymentTerms;
use kernel::Result;
use messaging::Received;
use serde_json::json;
use testkit::Fault;
use web::Caller;

use crate::common::{Scene, names, payment_told, somebody, succeeded};

/// One thing that is done to a booking: a request, a message, or the work of a schedule.
#[derive(Debug, Clone, Copy)]
enum Deed {
    FirstPart,
    Balance,
    Names,
    OneLess,
    /// The money of what was owed last is back.
    GivenBack,
    Cancel,
    Restore,
    Expire,
    /// All of it, after the hold is over.
    LateMoney,
}

const STORIES: [&[Deed]; 3] = [
    &[
        Deed::FirstPart,
        Deed::Balance,
        Deed::Names,
        Deed::OneLess,
        Deed::GivenBack,
        Deed::Cancel,
        Deed::GivenBack,
        Deed::Restore,
    ],
    &[Deed::Expire, Deed::Restore, Deed::FirstPart, Deed::Cancel, Deed::GivenBack],
    &[Deed::Expire, Deed::LateMoney, Deed::Cancel, Deed::GivenBack, Deed::Restore],
];

/// What is sure to be the same whenever it is done: who it is about, and which message tells it.
struct Prepared {
    ada: Caller,
    id: BookingId,
    somebody: Option<ParticipantId>,
    message: Option<Received<PaymentTold>>,
}

impl Prepared {
    async fn of(deed: Deed, scene: &Scene, ada: &Caller, id: BookingId) -> Self {
        let booking = scene.booking(id).await;
        let view = scene.bookings.show(ada, id).await.unwrap();
        let amount =
            |no: u32| booking.instalments.iter().find(|it| it.no == no).map_or(booking.total, |it| it.amount);
        let money = |no: u32, name: &str, amount: i64| {
            payment_told(&succeeded(&view, no, &format!("{name} {id}"), amount))
        };
        let message = match deed {
            Deed::FirstPart => {
                let next = booking.next_instalment().map_or(1, |it| it.no);
                Some(money(next, "first", amount(next)))
            }
            Deed::Balance => Some(money(2, "second", amount(2))),
            Deed::LateMoney => Some(money(1, "late", amount(1))),
            Deed::GivenBack => {
                let owed: RefundOwed = scene.sent().await.pop().expect("something is owed");
                Some(payment_told(&RefundSucceeded {
                    about: owed.about,
                    refund_id: "refund".into(),
                    key: owed.key,
                    user_id: ada.user_id,
                    amount: owed.amount,
                    currency: owed.currency,
                    complete: true,
                    part: owed.part,
                }))
            }
            Deed::Expire => {
                scene.let_hold_run_out(id).await;
                None
            }
            _ => None,
        };
        let somebody = booking.participants.iter().find(|it| it.is_active()).map(|it| it.id);
        Self { ada: ada.clone(), id, somebody, message }
    }

    async fn do_it(&self, deed: Deed, by: &Bookings) -> Result<()> {
        if let Some(message) = &self.message {
            return by.follow_payment(message).await;
        }
        let (ada, id) = (&self.ada, self.id);
        let done = match deed {
            Deed::Names => by.name_participants(ada, id, &names(2)).await,
            Deed::OneLess => {
                let one = self.somebody.expect("somebody");
                by.cancel_participant(ada, id, one, &CancelWish::default()).await
            }
            Deed::Cancel => by.cancel(ada, id, &CancelWish::default()).await,
            Deed::Restore => by.restore(id).await,
            _ => return by.expire_holds().await.map(drop),
        };
        done.map(drop)
    }
}

async fn open() -> Scene {
    let parts = PartialPaymentTerms { amount: 3_000, percentage: true, final_due_days: 7, auto_cancel: true };
    Scene::open_with(5, |told| told.terms.partial_payment = Some(parts)).await
}

/// What is left of a story, without names that are drawn.
#[derive(Debug, PartialEq)]
struct End {
    status: String,
    money: (i64, i64, i64, i64),
    payments: usize,
    refunds: Vec<(i64, i64, String)>,
    seats: (i64, i64, i64),
    told: BTreeMap<String, usize>,
}

async fn live(story: &[Deed], trouble: Option<(usize, Fault)>) -> End {
    let (scene, ada) = (open().await, somebody());
    let wish = scene.wish(2, |body| body["payment_mode"] = json!("partial"));
    let id = scene.bookings.hold(&ada, web::Once::default(), &wish).await.unwrap().body.id;
    for (at, deed) in story.iter().copied().enumerate() {
        let prepared = Prepared::of(deed, &scene, &ada, id).await;
        match trouble {
            Some((place, fault)) if place == at => {
                let (environment, dying) = scene.environment();
                environment.faults.next("TransactWriteItems", fault);
                let _ = prepared.do_it(deed, &dying).await;
                for _ in 0..2 {
                    // It may be done already.
                    if let Err(failure) = prepared.do_it(deed, &scene.bookings).await {
                        assert!(failure.problem.status < 500, "{deed:?} {fault:?}: {failure:?}");
                    }
                }
            }
            _ => prepared.do_it(deed, &scene.bookings).await.unwrap(),
        }
    }
    let (booking, batch) = (scene.booking(id).await, scene.batch().await);
    let (held, booked) = booking.seats();
    assert_eq!((batch.held, batch.booked), (i64::from(held), i64::from(booked)));
    assert_eq!(batch.free + batch.held + batch.booked, 5);
    End {
        status: booking.status.to_string(),
        money: (booking.total, booking.paid, booking.settled, booking.outstanding()),
        payments: booking.payments.len(),
        refunds: booking.refunds.iter().map(|it| (it.amount, it.returned, it.status.to_string())).collect(),
        seats: (batch.held, batch.booked, batch.free),
        told: scene.told().await,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_dies_at_whichever_step_it_ends_the_same_and_is_told_once() {
    let mut lives = tokio::task::JoinSet::new();
    for story in STORIES {
        let wanted = std::sync::Arc::new(live(story, None).await);
        for place in 0..story.len() {
            for fault in [Fault::DeathBefore, Fault::DeathAfter, Fault::LostReply] {
                let wanted = std::sync::Arc::clone(&wanted);
                lives.spawn(async move {
                    let end = live(story, Some((place, fault))).await;
                    assert_eq!(end, *wanted, "{fault:?} at {:?}, {place} of {story:?}", story[place]);
                });
            }
        }
    }
    lives.join_all().await;
}
