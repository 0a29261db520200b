//! What is due is paid: once, by whoever owes it, whatever gets lost on the way.

use contracts::payments::{
    CheckoutOpened, CheckoutPage, PaymentCreated, PaymentDue, PaymentFailed, PaymentSucceeded,
    RefundSucceeded, WebhookReceived,
};
use kernel::{Problem, time};
use payments::due::Standing;
use payments::list::NOT_PENDING;
use payments::payment::{Payment, Status};
use payments::session::{ALREADY_PAID, NOTHING_DUE};
use payments::signature::SIGNATURE_INVALID;
use payments::webhook::{ProcessWebhook, WebhookEvent};
use serde_json::json;
use testkit::{Fault, received};
use web::Eventual;

use crate::common::server::DECLINED_CARD;
use crate::common::{self, Scene, admin, booking, event, instalment, keys, session, sign, somebody};

#[tokio::test]
async fn a_customer_pays_what_the_owner_of_the_booking_says() {
    let scene = Scene::open().await;
    let about = booking("B1");
    scene.tell_due(&about, 1, 12_500).await;
    let first = scene.begin(&about).await;
    assert_eq!(scene.begin(&about).await.id, first.id, "as long as it is open, it is the same payment");
    assert_eq!(scene.server.posts("/v1/payment_intents"), 1);
    let intent =
        scene.server.get(&format!("/v1/payment_intents/{}", first.provider_ref.clone().unwrap())).await;
    assert_eq!((&intent["amount"], &intent["currency"]), (&json!(12_500), &json!("eur")));

    let paid = scene.pay(&about).await;
    assert_eq!((paid.status, paid.captured), (Status::Succeeded, 12_500));
    let told: Vec<PaymentSucceeded> = scene.said().await;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].amount, told[0].provider.as_str()), (12_500, "stripe"));
    assert_eq!(scene.said::<PaymentCreated>().await.len(), 1);
    assert_eq!(scene.balances().await["provider:stripe:EUR"], 12_500);
    let again = scene.cashier.begin(&scene.ada, &session(&about)).await;
    assert_eq!(again.err().unwrap().problem, ALREADY_PAID);
}

#[tokio::test]
async fn nobody_pays_for_others_or_before_anything_is_due() {
    let scene = Scene::open().await;
    let about = booking("B1");
    let nothing = scene.cashier.begin(&scene.ada, &session(&about)).await.unwrap();
    assert!(matches!(nothing, Eventual::Pending { .. }));
    scene.tell_due(&about, 1, 500).await;
    for stranger in [somebody(), admin()] {
        let refused = scene.cashier.begin(&stranger, &session(&about)).await;
        assert_eq!(refused.err().unwrap().problem, Problem::NOT_FOUND);
    }
    let payment = scene.begin(&about).await;
    let refused = scene.cashier.verify(&somebody(), payment.id).await;
    assert_eq!(refused.err().unwrap().problem, Problem::NOT_FOUND);
    scene.cashier.verify(&admin(), payment.id).await.unwrap();
}

#[tokio::test]
async fn the_providers_words_count_once_in_whatever_order_they_come() {
    let scene = Scene::open().await;
    let about = booking("B1");
    scene.tell_due(&about, 1, 500).await;
    let payment = scene.begin(&about).await;
    let paid = scene.server.pay(payment.provider_ref.as_ref().unwrap(), common::server::GOOD_CARD).await;
    let mut failed = paid.clone();
    failed["status"] = json!("requires_payment_method");
    failed["last_payment_error"] = json!({"code": "card_declined", "message": "No."});
    let mut processing = paid.clone();
    processing["status"] = json!("processing");

    let body = event("payment_intent.succeeded", &paid, time::now());
    for _ in 0..3 {
        scene.receive(&body).await;
        scene.settle().await;
    }
    let id = body["id"].as_str().unwrap();
    scene.payments().process_webhook(&ProcessWebhook { event_id: id.into() }).await.unwrap();
    scene.deliver("payment_intent.succeeded", &paid).await;
    scene.deliver("payment_intent.payment_failed", &failed).await;
    scene.deliver("payment_intent.processing", &processing).await;
    scene.settle().await;
    assert_eq!(scene.payment(payment.id).await.status, Status::Succeeded);
    assert_eq!(scene.said::<PaymentSucceeded>().await.len(), 1);
    assert_eq!(scene.said::<PaymentFailed>().await.len(), 0);
    assert_eq!(scene.said::<WebhookReceived>().await.len(), 4);
    assert_eq!(scene.balances().await["provider:stripe:EUR"], 500);
    let events: Vec<WebhookEvent> = scene.all().await;
    assert!(events.iter().all(|event| event.processed_at.is_some()));
}

#[tokio::test]
async fn what_nobody_we_know_signed_has_no_effect() {
    let scene = Scene::open().await;
    let about = booking("B1");
    scene.tell_due(&about, 1, 500).await;
    let payment = scene.begin(&about).await;
    let paid = json!({
        "id": payment.provider_ref, "status": "succeeded", "amount": 500, "currency": "eur",
        "metadata": {"payment_id": payment.id},
    });
    let body = event("payment_intent.succeeded", &paid, time::now()).to_string();
    let now = time::now();
    let signed = sign(body.as_bytes(), common::SECRET, now);
    let tampered = body.replace("500", "501");
    let tries = [
        (body.as_str(), None),
        (body.as_str(), Some(sign(body.as_bytes(), "whsec_other", now))),
        (body.as_str(), Some(sign(body.as_bytes(), common::SECRET, now - time::minutes(6)))),
        (body.as_str(), Some(sign(body.as_bytes(), common::SECRET, now + time::minutes(6)))),
        (tampered.as_str(), Some(signed)),
    ];
    for (body, header) in tries {
        let refused = scene.payments().receive(&keys(), body.as_bytes(), header.as_deref()).await;
        assert_eq!(refused.err().unwrap().problem, SIGNATURE_INVALID, "{header:?}");
    }
    scene.settle().await;
    assert_eq!(scene.all::<WebhookEvent>().await.len(), 0);
    assert_eq!(scene.payment(payment.id).await.captured, 0);
}

#[tokio::test]
async fn words_about_what_is_not_ours_are_kept_and_change_nothing() {
    let scene = Scene::open().await;
    let about = booking("B1");
    scene.tell_due(&about, 1, 500).await;
    let payment = scene.begin(&about).await;
    // Another payment at the provider, with the name of ours on it.
    let forged = json!({
        "id": "pi_other", "status": "succeeded", "amount": 1, "currency": "eur",
        "metadata": {"payment_id": payment.id},
    });
    scene.deliver("payment_intent.succeeded", &forged).await;
    let unknown =
        json!({"id": "pi_unknown", "status": "succeeded", "amount": 1, "currency": "eur", "metadata": {}});
    scene.deliver("payment_intent.succeeded", &unknown).await;
    scene.deliver("customer.created", &json!({"id": "cus_1"})).await;
    assert_eq!(scene.payment(payment.id).await.captured, 0);
    let events: Vec<WebhookEvent> = scene.all().await;
    assert_eq!(events.iter().filter(|event| event.processed_at.is_some()).count(), 3);
    assert_eq!(events.iter().filter(|event| event.error.is_some()).count(), 2);
}

#[tokio::test]
async fn a_declined_card_is_told_and_another_one_pays() {
    let scene = Scene::open().await;
    let about = booking("B1");
    scene.tell_due(&about, 1, 500).await;
    let payment = scene.begin(&about).await;
    let intent = payment.provider_ref.clone().unwrap();
    let declined = scene.server.pay(&intent, DECLINED_CARD).await;
    assert_eq!(declined["status"], "requires_payment_method", "{declined}");
    scene.deliver("payment_intent.payment_failed", &declined).await;
    let now = scene.payment(payment.id).await;
    assert_eq!((now.status, now.failure.unwrap().code.as_str()), (Status::Failed, "card_declined"));
    assert_eq!(scene.said::<PaymentFailed>().await.len(), 1);
    assert_eq!(scene.begin(&about).await.id, payment.id, "one tries again with the same payment");
    // As a client would: the very same payment can be confirmed again.
    let mut paid = declined.clone();
    (paid["status"], paid["last_payment_error"]) = (json!("succeeded"), json!(null));
    scene.deliver("payment_intent.succeeded", &paid).await;
    assert_eq!(scene.payment(payment.id).await.status, Status::Succeeded);
}

#[tokio::test]
async fn a_client_that_has_paid_need_not_wait_for_the_webhook() {
    let scene = Scene::open().await;
    let about = booking("B1");
    scene.tell_due(&about, 1, 500).await;
    let payment = scene.begin(&about).await;
    let view = scene.cashier.verify(&scene.ada, payment.id).await.unwrap();
    assert_eq!(view.status, Status::Pending, "saying so is not paying");
    let paid = scene.server.pay(payment.provider_ref.as_ref().unwrap(), common::server::GOOD_CARD).await;
    let view = scene.cashier.verify(&scene.ada, payment.id).await.unwrap();
    assert_eq!(view.status, Status::Succeeded);
    scene.deliver("payment_intent.succeeded", &paid).await;
    assert_eq!(scene.said::<PaymentSucceeded>().await.len(), 1);
}

#[tokio::test]
async fn what_lapsed_is_not_asked_for_and_late_money_is_told_all_the_same() {
    let scene = Scene::open().await;
    let about = booking("B1");
    scene.tell_due(&about, 1, 500).await;
    let payment = scene.begin(&about).await;
    // Paid in the moment in which it lapses.
    scene.server.pay(payment.provider_ref.as_ref().unwrap(), common::server::GOOD_CARD).await;
    scene.lapse(&about, 1).await;
    let refused = scene.cashier.begin(&scene.ada, &session(&about)).await;
    assert_eq!(refused.err().unwrap().problem, NOTHING_DUE);
    scene.settle().await;
    assert_eq!(scene.payment(payment.id).await.status, Status::Succeeded);
    assert_eq!(scene.said::<PaymentSucceeded>().await.len(), 1);

    let other = booking("B2");
    scene.tell_due(&other, 1, 500).await;
    let payment = scene.begin(&other).await;
    scene.lapse(&other, 1).await;
    scene.settle().await;
    assert_eq!(scene.payment(payment.id).await.status, Status::Cancelled);
    let there = scene.server.get(&format!("/v1/payment_intents/{}", payment.provider_ref.unwrap())).await;
    assert_eq!(there["status"], "canceled");
}

#[tokio::test]
async fn a_lapse_that_overtakes_what_it_ends_ends_it() {
    let scene = Scene::open().await;
    let about = booking("B1");
    scene.lapse(&about, 2).await;
    scene.tell_due(&about, 1, 500).await;
    scene.tell_due(&about, 2, 500).await;
    let due = scene.payments().due(&about).await.unwrap().unwrap();
    assert_eq!((due.standing, due.revision), (Standing::Lapsed, 2));
    scene.tell_due(&about, 3, 600).await;
    assert_eq!(scene.begin(&about).await.amount, 600);
    scene.lapse(&about, 2).await;
    assert!(scene.payments().due(&about).await.unwrap().unwrap().is_payable(time::now()));
}

#[tokio::test]
async fn a_new_amount_takes_the_place_of_the_old_one() {
    let scene = Scene::open().await;
    let about = booking("B1");
    scene.tell_due(&about, 1, 500).await;
    let old = scene.begin(&about).await;
    scene.tell_due(&about, 2, 700).await;
    scene.tell_due(&about, 1, 500).await;
    let new = scene.begin(&about).await;
    assert_ne!(old.id, new.id);
    assert_eq!((new.amount, new.revision), (700, 2));
    scene.settle().await;
    assert_eq!(scene.payment(old.id).await.status, Status::Cancelled);
    assert_eq!(scene.payment(new.id).await.status, Status::Pending);
}

#[tokio::test]
async fn who_pays_twice_gets_the_second_payment_back_and_the_booking_does_not_hear_of_it() {
    let scene = Scene::open().await;
    let about = booking("B1");
    scene.tell_due(&about, 1, 500).await;
    let first = scene.begin(&about).await;
    scene.tell_due(&about, 2, 500).await;
    let second = scene.begin(&about).await;
    let mut words = Vec::new();
    for payment in [&first, &second] {
        let intent = payment.provider_ref.as_ref().unwrap();
        words.push(scene.server.pay(intent, common::server::GOOD_CARD).await);
    }
    for paid in &words {
        scene.deliver("payment_intent.succeeded", paid).await;
    }
    scene.settle().await;
    assert_eq!(scene.payment(first.id).await.status, Status::Succeeded);
    let extra = scene.payment(second.id).await;
    assert_eq!((extra.extra, extra.status), (true, Status::Refunded));
    let told: Vec<PaymentSucceeded> = scene.said().await;
    assert_eq!(told.iter().map(|told| told.payment_id.clone()).collect::<Vec<_>>(), [first.id.to_string()]);
    let back: Vec<RefundSucceeded> = scene.said().await;
    assert_eq!((back.len(), back[0].amount), (1, 500));
    assert_eq!(back[0].key, format!("extra:{}", second.id));
    let balances = scene.balances().await;
    assert_eq!((balances["provider:stripe:EUR"], balances["unapplied:EUR"]), (500, 0));
    assert_eq!(scene.at_provider().await, 500);
}

#[tokio::test]
async fn what_was_taken_offline_is_noted_once_and_no_more_asked_for() {
    let scene = Scene::open().await;
    let about = booking("B1");
    scene.tell_due(&about, 1, 500).await;
    let open = scene.begin(&about).await;
    scene.take_offline(&about, "K1", 500).await;
    scene.take_offline(&about, "K1", 500).await;
    scene.settle().await;
    assert_eq!(scene.payment(open.id).await.status, Status::Cancelled);
    let told: Vec<PaymentSucceeded> = scene.said().await;
    assert_eq!((told.len(), told[0].provider.as_str()), (1, "offline"));
    assert_eq!(scene.balances().await["offline:EUR"], 500);
    let refused = scene.cashier.begin(&scene.ada, &session(&about)).await;
    assert_eq!(refused.err().unwrap().problem, ALREADY_PAID);
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_payment() {
    let scene = Scene::open().await;
    let about = booking("B1");
    scene.tell_due(&about, 1, 500).await;
    // The first try's answer and that of its repetition.
    scene.server.lose(2);
    let refused = scene.cashier.begin(&scene.ada, &session(&about)).await;
    assert_eq!(refused.err().unwrap().problem, Problem::UNAVAILABLE);
    let payment = scene.begin(&about).await;
    assert_eq!(scene.server.posts("/v1/payment_intents"), 1);
    assert_eq!(scene.all::<Payment>().await.len(), 1);
    assert!(payment.provider_ref.is_some());
}

#[tokio::test]
async fn whoever_dies_on_the_way_to_a_payment_finds_the_same_one_again() {
    let scene = Scene::open().await;
    for (number, fault) in [Fault::DeathBefore, Fault::DeathAfter, Fault::LostReply].into_iter().enumerate() {
        for passing in 0..2 {
            let about = booking(&format!("B{number}{passing}"));
            scene.tell_due(&about, 1, 500).await;
            let before = scene.server.posts("/v1/payment_intents");
            let (environment, cashier) = scene.environment();
            environment.faults.after(passing, "TransactWriteItems", fault);
            let _ = cashier.begin(&scene.ada, &session(&about)).await;
            let payment = scene.begin(&about).await;
            assert_eq!(scene.server.posts("/v1/payment_intents"), before + 1, "{fault:?} after {passing}");
            let all: Vec<Payment> = scene.all().await;
            assert_eq!(all.iter().filter(|it| it.about == about).count(), 1);
            assert_eq!(payment.status, Status::Pending);
        }
    }
}

#[tokio::test]
async fn a_page_is_opened_once_and_pays() {
    let scene = Scene::open().await;
    let about = booking("B1");
    let page = CheckoutPage {
        customer_email: "ada@example.com".into(),
        name: "The Forest Hiker".into(),
        summary: "Breathtaking".into(),
        image: None,
        success_url: "https://caravan.test/my-tours".into(),
        cancel_url: "https://caravan.test/tour".into(),
    };
    let due = PaymentDue { checkout: Some(page), ..scene.due(&about, 1, 39_700) };
    // Nobody hears the answer, and then the process dies before it can write it down.
    scene.server.lose(2);
    assert!(scene.cashier.open_due(&received(due.clone())).await.is_err());
    let (environment, cashier) = scene.environment();
    environment.faults.next("TransactWriteItems", Fault::DeathBefore);
    assert!(cashier.open_due(&received(due.clone())).await.is_err());
    for _ in 0..2 {
        scene.cashier.open_due(&received(due.clone())).await.unwrap();
    }
    assert_eq!(scene.server.posts("/v1/checkout/sessions"), 1);
    let opened: Vec<CheckoutOpened> = scene.said().await;
    assert_eq!((opened.len(), opened[0].revision), (1, 1));
    assert_eq!(opened[0].url, "https://pay.test/cs_test_1");

    let paid = scene.server.pay_page("cs_test_1").await;
    scene.deliver("checkout.session.completed", &paid).await;
    let told: Vec<PaymentSucceeded> = scene.said().await;
    assert_eq!((told.len(), told[0].amount), (1, 39_700));
    scene.owe(&about, "all", 39_700).await;
    scene.settle().await;
    assert_eq!(scene.at_provider().await, 0, "the provider's own id of the payment is known");
}

#[tokio::test]
async fn a_page_that_nobody_wants_any_more_is_closed() {
    let scene = Scene::open().await;
    let about = booking("B1");
    let page = CheckoutPage {
        customer_email: "ada@example.com".into(),
        name: "Tour".into(),
        summary: String::new(),
        image: Some("https://caravan.test/tour.jpg".into()),
        success_url: "https://caravan.test/".into(),
        cancel_url: "https://caravan.test/".into(),
    };
    let due = PaymentDue { checkout: Some(page), ..scene.due(&about, 1, 500) };
    scene.cashier.open_due(&received(due)).await.unwrap();
    scene.lapse(&about, 1).await;
    scene.settle().await;
    assert_eq!(scene.server.posts("/v1/checkout/sessions/cs_test_1/expire"), 1);
    let all: Vec<Payment> = scene.all().await;
    assert_eq!(all[0].status, Status::Cancelled);
}

#[tokio::test]
async fn a_customer_may_give_up_what_nothing_came_of() {
    let scene = Scene::open().await;
    let about = booking("B1");
    scene.tell_due(&about, 1, 500).await;
    let first = scene.begin(&about).await;
    let strangers = scene.cashier.cancel_pending(&somebody(), first.id).await;
    assert_eq!(strangers.err().unwrap().problem, Problem::NOT_FOUND);
    scene.cashier.cancel_pending(&scene.ada, first.id).await.unwrap();
    let second = scene.pay(&about).await;
    assert_ne!(first.id, second.id, "what is due stays due");
    let refused = scene.cashier.cancel_pending(&scene.ada, second.id).await;
    assert_eq!(refused.err().unwrap().problem, NOT_PENDING);
}

#[tokio::test]
async fn each_instalment_is_paid_by_itself() {
    let scene = Scene::open().await;
    scene.tell_due(&instalment("B1", 1), 1, 300).await;
    scene.tell_due(&instalment("B1", 2), 1, 700).await;
    scene.pay(&instalment("B1", 2)).await;
    scene.pay(&instalment("B1", 1)).await;
    let told: Vec<PaymentSucceeded> = scene.said().await;
    let told: Vec<_> = told.iter().map(|told| (told.about.instalment, told.amount)).collect();
    assert_eq!(told, [(2, 700), (1, 300)]);
}

#[tokio::test]
async fn what_nobody_heard_of_is_asked_after() {
    let scene = Scene::open().await;
    let about = booking("B1");
    scene.tell_due(&about, 1, 500).await;
    let payment = scene.begin(&about).await;
    assert_eq!(scene.cashier.poll().await.unwrap(), 0, "not yet");
    scene.server.pay(payment.provider_ref.as_ref().unwrap(), common::server::GOOD_CARD).await;
    let mut late = scene.payment(payment.id).await;
    late.poll_at = Some(time::now() - time::minutes(1));
    scene.cloud.put(&scene.payments().table, &late).await;
    assert_eq!(scene.cashier.poll().await.unwrap(), 1);
    assert_eq!(scene.payment(payment.id).await.status, Status::Succeeded);
    assert_eq!(scene.cashier.poll().await.unwrap(), 0);
}

#[tokio::test]
async fn kept_events_that_were_never_processed_are_taken_up_again() {
    let scene = Scene::open().await;
    let about = booking("B1");
    scene.tell_due(&about, 1, 500).await;
    let payment = scene.begin(&about).await;
    let paid = scene.server.pay(payment.provider_ref.as_ref().unwrap(), common::server::GOOD_CARD).await;
    let body = event("payment_intent.succeeded", &paid, time::now());
    scene.receive(&body).await;
    scene.forget_commands().await;
    let mut lost: Vec<WebhookEvent> = scene.all().await;
    lost[0].received_at = time::now() - time::minutes(5);
    scene.cloud.put(&scene.payments().table, &lost[0]).await;
    assert_eq!(scene.payments().replay_webhooks().await.unwrap().events, 1);
    scene.settle().await;
    assert_eq!(scene.payment(payment.id).await.status, Status::Succeeded);
    assert_eq!(scene.payments().replay_webhooks().await.unwrap().events, 0);
}
