//! Money goes back: as much as is owed, never more than came, and never twice.

use contracts::payments::{RefundFailed, RefundRequested, RefundSucceeded};
use kernel::Problem;
use payments::payment::{PaymentId, Status};
use payments::refund::Progress;
use payments::refund::admin::{NewRefund, REFUND_TOO_LARGE};
use payments::refund::run::RunRefund;
use serde_json::json;
use testkit::{Fault, body, read, received};
use web::Once;

use crate::common::{Scene, booking, instalment, somebody};

#[tokio::test]
async fn what_is_owed_goes_back_from_the_newest_payment_first() {
    let scene = Scene::open().await;
    for (number, amount) in [(1, 300), (2, 700)] {
        scene.tell_due(&instalment("B1", number), 1, amount).await;
        scene.pay(&instalment("B1", number)).await;
    }
    scene.owe(&booking("B1"), "cancel:P1", 800).await;
    scene.settle().await;
    let mut parts: Vec<_> =
        scene.refunds().await.iter().map(|refund| (refund.amount, refund.status)).collect();
    parts.sort_by_key(|(amount, _)| -amount);
    assert_eq!(parts, [(700, Progress::Succeeded), (100, Progress::Succeeded)]);
    let told: Vec<RefundSucceeded> = scene.said().await;
    let told: Vec<_> = told.iter().map(|told| (told.amount, told.complete, told.key.as_str())).collect();
    assert_eq!(told, [(700, false, "cancel:P1"), (800, true, "cancel:P1")]);
    assert_eq!(scene.said::<RefundRequested>().await.len(), 2);
    assert_eq!(scene.at_provider().await, 200);
    assert_eq!(scene.balances().await["provider:stripe:EUR"], 200);
}

#[tokio::test]
async fn the_same_key_gives_back_once_and_never_more_than_came() {
    let scene = Scene::open().await;
    let about = booking("B1");
    scene.tell_due(&about, 1, 500).await;
    let payment = scene.pay(&about).await;
    for _ in 0..3 {
        scene.owe(&about, "K1", 300).await;
    }
    scene.owe(&about, "K2", 300).await;
    scene.owe(&about, "K3", 300).await;
    scene.settle().await;
    let told: Vec<RefundSucceeded> = scene.said().await;
    let mut told: Vec<_> = told.iter().map(|it| (it.key.as_str(), it.amount, it.complete)).collect();
    told.sort();
    assert_eq!(told, [("K1", 300, true), ("K2", 200, true), ("K3", 0, true)]);
    assert_eq!(scene.payment(payment.id).await.status, Status::Refunded);
    assert_eq!(scene.at_provider().await, 0);
}

#[tokio::test]
async fn two_who_give_back_at_once_do_not_give_more_than_there_is() {
    let scene = Scene::open().await;
    let about = booking("B1");
    scene.tell_due(&about, 1, 500).await;
    let payment = scene.pay(&about).await;
    let (one, two) = (received(scene.owed(&about, "K1", 400)), received(scene.owed(&about, "K2", 400)));
    let ((_, first), (_, second)) = (scene.environment(), scene.environment());
    let (a, b) = tokio::join!(first.payments.open_refund(&one), second.payments.open_refund(&two));
    a.unwrap();
    b.unwrap();
    scene.settle().await;
    let payment = scene.payment(payment.id).await;
    assert_eq!((payment.refunded, payment.refunding), (500, 500));
    assert_eq!(scene.at_provider().await, 0);
}

#[tokio::test]
async fn a_lost_answer_or_a_death_gives_nothing_back_twice() {
    let scene = Scene::open().await;
    for (number, fault) in [None, Some(Fault::DeathBefore), Some(Fault::DeathAfter)].into_iter().enumerate() {
        for passing in 0..2 {
            let about = booking(&format!("B{number}{passing}"));
            scene.tell_due(&about, 1, 500).await;
            scene.pay(&about).await;
            scene.owe(&about, "K", 200).await;
            let refund = scene.refunds().await.into_iter().find(|refund| refund.about == about).unwrap();
            let command = RunRefund { refund_id: refund.id };
            let before = scene.server.posts("/v1/refunds");
            let (environment, cashier) = scene.environment();
            match fault {
                Some(fault) => environment.faults.after(passing, "TransactWriteItems", fault),
                None => scene.server.lose(2),
            }
            let _ = cashier.run_refund(&command).await;
            // The provider has forgotten the key: it comes back after days, as a dead letter.
            scene.server.forget();
            scene.cashier.run_refund(&command).await.unwrap();
            scene.cashier.run_refund(&command).await.unwrap();
            assert_eq!(scene.server.posts("/v1/refunds"), before + 1, "{fault:?} after {passing}");
            let done = scene.payments().refund(refund.id).await.unwrap().unwrap();
            assert_eq!(done.status, Progress::Succeeded);
            scene.settle().await;
        }
    }
    assert_eq!(scene.at_provider().await, 6 * 300);
    assert_eq!(scene.balances().await["provider:stripe:EUR"], 6 * 300);
    assert_eq!(scene.said::<RefundSucceeded>().await.len(), 6);
}

#[tokio::test]
async fn while_the_provider_is_away_nothing_is_lost() {
    let scene = Scene::open().await;
    let about = booking("B1");
    scene.tell_due(&about, 1, 500).await;
    scene.pay(&about).await;
    scene.owe(&about, "K", 500).await;
    let refund = scene.refunds().await[0].id;
    scene.server.away(true);
    let away = scene.cashier.run_refund(&RunRefund { refund_id: refund }).await;
    assert_eq!(away.err().unwrap().problem, Problem::UNAVAILABLE);
    scene.server.away(false);
    scene.settle().await;
    assert_eq!(scene.refunds().await[0].status, Progress::Succeeded);
}

#[tokio::test]
async fn what_came_offline_goes_back_in_the_books_at_once() {
    let scene = Scene::open().await;
    let about = booking("B1");
    scene.take_offline(&about, "K1", 500).await;
    scene.owe(&about, "R1", 200).await;
    let told: Vec<RefundSucceeded> = scene.said().await;
    assert_eq!((told.len(), told[0].amount, told[0].complete), (1, 200, true));
    assert_eq!(scene.balances().await["offline:EUR"], 300);
    assert_eq!(scene.server.posts("/v1/refunds"), 0);
}

#[tokio::test]
async fn a_refund_that_the_provider_could_not_deliver_is_told_and_can_be_tried_again() {
    let scene = Scene::open().await;
    let about = booking("B1");
    scene.tell_due(&about, 1, 500).await;
    let payment = scene.pay(&about).await;
    scene.owe(&about, "K1", 500).await;
    scene.settle().await;
    let refund = scene.refunds().await[0].clone();
    let failed = json!({
        "id": refund.provider_ref, "status": "failed", "amount": 500, "currency": "eur",
        "failure_reason": "lost_or_stolen_card", "metadata": {"refund_id": refund.id},
    });
    for _ in 0..2 {
        scene.deliver("refund.failed", &failed).await;
    }
    let told: Vec<RefundFailed> = scene.said().await;
    assert_eq!((told.len(), told[0].code.as_str()), (1, "lost_or_stolen_card"));
    let now = scene.payment(payment.id).await;
    assert_eq!((now.status, now.left()), (Status::Succeeded, 500));
    assert_eq!(scene.balances().await["provider:stripe:EUR"], 500);
}

#[tokio::test]
async fn an_administrator_gives_back_what_is_left_and_no_more() {
    let scene = Scene::open().await;
    let about = booking("B1");
    scene.tell_due(&about, 1, 500).await;
    let payment = scene.pay(&about).await;
    let give = async |amount: Option<i64>| {
        let body: NewRefund = match amount {
            Some(amount) => read(json!({"amount": amount, "reason": "Goodwill"})),
            None => read(json!({"reason": "Goodwill"})),
        };
        scene.payments().give_back(Once::default(), payment.id, &body).await
    };
    let begun = give(Some(200)).await.unwrap();
    assert_eq!((begun.body.amount, begun.body.status), (200, Progress::Pending));
    scene.settle().await;
    let shown = scene.payments().show_refund(&scene.ada, begun.body.id).await.unwrap();
    assert!(body(&shown).to_string().contains("succeeded"));
    let strangers = scene.payments().show_refund(&somebody(), begun.body.id).await;
    assert_eq!(strangers.err().unwrap().problem, Problem::NOT_FOUND);
    assert_eq!(give(Some(301)).await.err().unwrap().problem, REFUND_TOO_LARGE);
    assert_eq!(give(Some(0)).await.err().unwrap().problem, Problem::INVALID_REQUEST);
    assert_eq!(give(None).await.unwrap().body.amount, 300);
    assert_eq!(give(None).await.err().unwrap().problem, REFUND_TOO_LARGE);
    let nothing: NewRefund = read(json!({"reason": "Goodwill"}));
    let missing = scene.payments().give_back(Once::default(), PaymentId::new(), &nothing).await;
    assert_eq!(missing.err().unwrap().problem, Problem::NOT_FOUND);
    scene.settle().await;
    assert_eq!(scene.at_provider().await, 0);
}

/// One participant after the other is cancelled, each for a share of what was paid, in currencies with no digit, two and
/// three after the point. A card knows two at most: what is owed with a third is rounded, and goes back all the same.
#[tokio::test]
async fn shares_go_back_in_every_currency_and_never_more_than_came() {
    let scene = Scene::open().await;
    for (currency, paid) in [("JPY", 1_001), ("EUR", 10_001), ("KWD", 10_010)] {
        let about = booking(currency);
        let due = contracts::payments::PaymentDue { currency: currency.into(), ..scene.due(&about, 1, paid) };
        scene.cashier.open_due(&received(due)).await.unwrap();
        let payment = scene.pay(&about).await;
        for (number, share) in [paid / 3, paid / 3, paid - paid / 3 * 2, paid].into_iter().enumerate() {
            let owed = scene.owed(&about, &format!("{currency}{number}"), share);
            let owed = contracts::payments::RefundOwed { currency: currency.into(), ..owed };
            scene.payments().open_refund(&received(owed)).await.unwrap();
            scene.settle().await;
            let now = scene.payment(payment.id).await;
            assert!(now.refunded <= paid && now.refunded == now.refunding, "{now:?}");
        }
        assert_eq!(scene.payment(payment.id).await.status, Status::Refunded, "{currency}");
        assert_eq!(scene.balances().await[&format!("provider:stripe:{currency}")], 0);
    }
    assert!(scene.refunds().await.iter().all(|refund| refund.status == Progress::Succeeded));
    assert!(scene.said::<RefundSucceeded>().await.iter().all(|told| told.complete));
}
