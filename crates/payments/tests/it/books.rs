//! The books: whatever happens in whatever order, they balance and say what the provider says.

use contracts::payments::{DriftDetected, PaymentSucceeded, RefundSucceeded};
use contracts::users::{PartDone, UserErased};
use kernel::query::{Parameters, Params};
use kernel::{Problem, time};
use payments::Lists;
use payments::analytics::Period;
use payments::due::Due;
use payments::ledger::Movement;
use payments::list::Whose;
use payments::payment::Payment;
use payments::refund::Refund;
use store::Pager;
use testkit::{Storm, received};

use crate::common::{self, Scene, booking};

/// SplitMix64: the same for the same seed.
fn draw(seed: &mut u64, below: u64) -> u64 {
    *seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *seed;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (mixed ^ (mixed >> 31)) % below
}

/// Captures, refunds, offline money, lapses and repeated words, drawn at random over a few bookings, through a cloud that
/// throttles and loses answers.
#[tokio::test]
async fn whatever_happens_the_books_balance_and_agree_with_the_provider() {
    let mut seed = getrandom_seed();
    println!("seed {seed}");
    let scene = Scene::open().await;
    scene.cloud.faults().storm(seed, Storm { conflicts: 3, throttled: 2, lost_requests: 2, lost_replies: 2 });
    let mut offline = 0;
    let mut last = None;
    for step in 0..40 {
        let about = booking(&format!("B{}", draw(&mut seed, 4)));
        let amount = 100 + draw(&mut seed, 900) as i64;
        match draw(&mut seed, 6) {
            0 | 1 => {
                scene.tell_due(&about, step + 1, amount).await;
                if let Ok(web::Eventual::Ready(begun)) =
                    scene.cashier.begin(&scene.ada, &common::session(&about)).await
                {
                    let payment = scene.payment(begun.payment_id).await;
                    let intent = payment.provider_ref.unwrap();
                    let paid = scene.server.pay(&intent, common::server::GOOD_CARD).await;
                    scene.deliver("payment_intent.succeeded", &paid).await;
                    last = Some(paid);
                }
            }
            2 => {
                scene.take_offline(&about, &format!("K{}", step % 3), amount).await;
                offline += 1;
            }
            3 => scene.owe(&about, &format!("R{}", step % 5), amount).await,
            4 => scene.lapse(&about, step + 1).await,
            _ => {
                if let Some(paid) = &last {
                    scene.deliver("payment_intent.succeeded", paid).await;
                }
            }
        }
        scene.settle().await;
    }
    scene.cloud.faults().calm();
    scene.settle().await;
    let balances = scene.balances().await;
    assert_eq!(balances.get("provider:stripe:EUR").copied().unwrap_or(0), scene.at_provider().await);
    let payments: Vec<Payment> = scene.all().await;
    for payment in &payments {
        assert!((0..=payment.captured).contains(&payment.refunding), "{payment:?}");
        assert!((0..=payment.refunding).contains(&payment.refunded), "{payment:?}");
    }
    let kept: i64 = payments.iter().map(|payment| payment.captured - payment.refunded).sum();
    let ours: i64 =
        ["provider:stripe:EUR", "offline:EUR"].iter().filter_map(|account| balances.get(*account)).sum();
    assert_eq!(kept, ours);
    let told = scene.said::<PaymentSucceeded>().await;
    let captured: Vec<_> = payments.iter().filter(|it| it.captured > 0 && !it.extra).collect();
    assert_eq!(told.len(), captured.len(), "each told once ({offline} offline steps)");
    let _ = scene.said::<RefundSucceeded>().await;
}

fn getrandom_seed() -> u64 {
    kernel::id::Ulid::generate().random() as u64
}

#[tokio::test]
async fn currencies_with_other_minor_units_are_booked_as_they_are() {
    let scene = Scene::open().await;
    for (currency, amount) in [("JPY", 12_345), ("KWD", 12_340), ("ISK", 12_345), ("EUR", 12_345)] {
        let about = booking(currency);
        let due =
            contracts::payments::PaymentDue { currency: currency.into(), ..scene.due(&about, 1, amount) };
        scene.cashier.open_due(&received(due)).await.unwrap();
        let paid = scene.pay(&about).await;
        assert_eq!(paid.captured, amount);
        assert_eq!(scene.balances().await[&format!("provider:stripe:{currency}")], amount);
    }
}

#[tokio::test]
async fn every_night_what_one_ledger_lacks_is_told_once() {
    let scene = Scene::open().await;
    let about = booking("B1");
    scene.tell_due(&about, 1, 500).await;
    scene.pay(&about).await;
    scene.owe(&about, "K", 200).await;
    scene.settle().await;
    let now = time::now();
    let (from, until) = (now - time::hours(1), now + time::hours(1));
    assert_eq!(scene.cashier.check_between(from, until, now).await.unwrap(), 2);
    assert_eq!(scene.said::<DriftDetected>().await.len(), 0);

    // Somebody takes money by hand at the provider.
    let form = "type=card&card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2040&card[cvc]=123";
    let method = scene.server.post("/v1/payment_methods", form).await;
    let form =
        format!("amount=700&currency=eur&confirm=true&payment_method={}", method["id"].as_str().unwrap());
    let strange = scene.server.post("/v1/payment_intents", &form).await;
    for _ in 0..2 {
        let drift = scene.cashier.check_between(from, until, now).await;
        assert!(drift.is_err(), "the alarm rings");
    }
    let told: Vec<DriftDetected> = scene.said().await;
    assert_eq!((told.len(), told[0].lines), (1, 1));
    assert_eq!(told[0].missing_here, [strange["id"].as_str().unwrap()]);
}

fn whose(raw: &str) -> Whose {
    let mut params = Params::read(raw).unwrap();
    let whose = Whose::take(&mut params);
    params.finish(whose).unwrap()
}

#[tokio::test]
async fn somebody_sees_their_own_money_and_administrators_everybodys() {
    let scene = Scene::open().await;
    let about = booking("B1");
    scene.tell_due(&about, 1, 500).await;
    scene.pay(&about).await;
    scene.owe(&about, "K", 200).await;
    scene.settle().await;
    let pager = Pager::new("a key for the cursors of the tests, long enough");
    let lists = Lists { payments: scene.payments().clone(), pager };
    let own = lists.list_transactions(&scene.ada, &whose("")).await.unwrap();
    let amounts: Vec<_> = own.data.iter().map(|it| it.amount).collect();
    assert_eq!(amounts, [200, 500]);
    assert_eq!(lists.list_payments(&scene.ada, &whose("")).await.unwrap().data.len(), 1);
    let eve = common::somebody();
    assert!(lists.list_payments(&eve, &whose("")).await.unwrap().data.is_empty());
    for query in [format!("user_id={}", scene.ada.user_id), "all=true".into()] {
        let refused = lists.list_payments(&eve, &whose(&query)).await;
        assert_eq!(refused.err().unwrap().problem, Problem::FORBIDDEN);
        let shown = lists.list_payments(&common::admin(), &whose(&query)).await.unwrap();
        assert_eq!(shown.data.len(), 1);
        assert_eq!(lists.list_transactions(&common::admin(), &whose(&query)).await.unwrap().data.len(), 2);
    }
    scene.payments().show_transaction(&scene.ada, own.data[0].id).await.unwrap();
    let strangers = scene.payments().show_transaction(&eve, own.data[0].id).await;
    assert_eq!(strangers.err().unwrap().problem, Problem::NOT_FOUND);
}

#[tokio::test]
async fn what_moved_is_counted_once_a_day() {
    let scene = Scene::open().await;
    let about = booking("B1");
    scene.tell_due(&about, 1, 500).await;
    scene.pay(&about).await;
    scene.owe(&about, "K", 200).await;
    scene.settle().await;
    scene.take_offline(&booking("B2"), "K", 1_000).await;
    scene.settle().await;
    let period = || {
        let mut params = Params::read("").unwrap();
        Period::take(&mut params)
    };
    let revenue = scene.payments().revenue(period()).await.unwrap();
    let total = &revenue.totals[0];
    assert_eq!((total.captured, total.refunded, total.net), (1_500, 200, 1_300));
    let stats = scene.payments().transaction_stats(period()).await.unwrap();
    assert_eq!((stats.captures, stats.refunds, stats.failures), (2, 1, 0));
}

#[tokio::test]
async fn the_books_of_somebody_erased_stay_without_a_name() {
    let scene = Scene::open().await;
    let about = booking("B1");
    let page = contracts::payments::CheckoutPage {
        customer_email: "ada@example.com".into(),
        name: "Tour".into(),
        summary: String::new(),
        image: None,
        success_url: "https://caravan.test/".into(),
        cancel_url: "https://caravan.test/".into(),
    };
    let due = contracts::payments::PaymentDue { checkout: Some(page), ..scene.due(&about, 1, 500) };
    scene.cashier.open_due(&received(due)).await.unwrap();
    scene.pay(&about).await;
    scene.owe(&about, "K", 200).await;
    scene.settle().await;
    let before = scene.balances().await;
    let erased = received(UserErased { user_id: scene.ada.user_id });
    for _ in 0..2 {
        scene.payments().anonymise(&erased).await.unwrap();
    }
    assert_eq!(scene.said::<PartDone>().await.len(), 1);
    assert_eq!(scene.balances().await, before);
    let id = scene.ada.user_id;
    assert!(scene.all::<Payment>().await.iter().all(|payment| payment.user_id != id));
    assert!(scene.all::<Refund>().await.iter().all(|refund| refund.user_id != id));
    assert!(scene.all::<Movement>().await.iter().all(|movement| movement.user_id != id));
    let due: Vec<Due> = scene.all().await;
    let terms = due[0].terms.clone().unwrap();
    assert!(terms.checkout.is_none() && terms.user_id != id);
    let kept: Vec<_> = scene.cloud.items(&scene.payments().table).await;
    let kinds = ["outbox", "done"];
    let named = kept.iter().filter(|item| {
        let kind = item.get("kind").and_then(|it| it.as_s().ok()).cloned().unwrap_or_default();
        !kinds.contains(&kind.as_str()) && format!("{item:?}").contains("ada@example.com")
    });
    assert_eq!(named.count(), 0);
}
