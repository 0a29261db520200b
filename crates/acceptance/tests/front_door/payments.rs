//! Payments through the front door: promotions, what is due and paid, what goes back, and what the provider may tell.

use acceptance::{Member, SOON, Visitor, eventually, send, tell_queue};
use hmac::{Hmac, KeyInit, Mac};
use kernel::id::Ulid;
use kernel::time;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;

/// What the provider would send as its signature.
fn sign(body: &[u8], secret: &str, at: kernel::Timestamp) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    mac.update(format!("{}.", at.as_second()).as_bytes());
    mac.update(body);
    let code: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={},v1={code}", at.as_second())
}

fn about(id: &str) -> Value {
    json!({"kind": "test-booking", "id": id, "instalment": 1})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promotion_is_made_judged_and_taken_away() {
    let (admin, member) = (Member::admin().await, Member::join().await);
    let code = format!("P{}", Ulid::generate());
    let mut promo = json!({
        "kind": "percentage", "value": 1000, "valid_from": "2026-01-01T00:00:00Z",
        "valid_until": "2099-01-01T00:00:00Z", "min_order": 500,
    });
    let new = json!({"code": code, "promo": promo});
    member.visitor.post("/promos", &new).await.is_problem(403, "forbidden");
    admin.visitor.post("/promos", &new).await.is(201);
    admin.visitor.post("/promos", &new).await.is_problem(409, "promo-taken");
    let question = json!({"code": code.to_lowercase(), "amount": 1_000, "currency": "EUR"});
    let answer = member.visitor.post("/promos/validate", &question).await;
    assert_eq!(answer.is(200).json()["discount"], 100);
    promo["active"] = json!(false);
    admin.visitor.put(&format!("/promos/{code}"), &promo).await.is(200);
    let answer = member.visitor.post("/promos/validate", &question).await;
    assert_eq!(answer.is(200).json()["reason"], "not_active");
    admin.visitor.delete(&format!("/promos/{code}")).await.is(204);
    admin.visitor.get(&format!("/promos/{code}")).await.is_problem(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn anybody_learns_the_public_key_and_only_that() {
    for path in ["/api/v1/payments/config", "/api/payments/get-key"] {
        let answer = send(Visitor::new().request(Method::GET, path)).await;
        assert_eq!(answer.is(200).json(), json!({"stripe": {"publishable_key": "pk_test_caravan"}}));
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_the_provider_signed_is_taken() {
    let id = format!("evt_{}", Ulid::generate());
    let body =
        json!({"id": id, "type": "customer.created", "created": 1, "data": {"object": {}}}).to_string();
    let good = sign(body.as_bytes(), "whsec_caravan_local", time::now());
    for path in ["/api/v1/webhooks/stripe", "/webhook-checkout", "/api/payments/webhook"] {
        let post = |signature: &str| {
            let request = Visitor::new().request(Method::POST, path).header("stripe-signature", signature);
            send(request.header("content-type", "application/json").body(body.clone()))
        };
        post("t=1,v1=00").await.is_problem(400, "signature-invalid");
        let stranger = sign(body.as_bytes(), "whsec_somebody", time::now());
        post(&stranger).await.is_problem(400, "signature-invalid");
        // A second delivery is answered like the first.
        post(&good).await.is(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_can_be_paid_by_who_owes_it() {
    let (member, stranger) = (Member::join().await, Member::join().await);
    let booking = Ulid::generate().to_string();
    let body = json!({"subject_kind": "test-booking", "subject_id": booking});
    let early = member.visitor.post("/payments/sessions", &body).await;
    assert_eq!(early.is(202).header("retry-after"), "1");
    let due = json!({
        "about": about(&booking), "revision": 1, "user_id": member.id().await, "amount": 12_500, "currency": "EUR",
        "description": "Two seats", "expires_at": "2099-01-01T00:00:00Z",
    });
    tell_queue("open-due", "payments.due", due).await;
    let begun = eventually("a payment", SOON, || async {
        let answer = member.visitor.post("/payments/sessions", &body).await;
        (answer.status == 200).then_some(answer)
    })
    .await;
    assert_eq!((&begun.json()["amount"], &begun.json()["currency"]), (&json!(12_500), &json!("EUR")));
    acceptance::secret(&begun.field("client_secret"));
    stranger.visitor.post("/payments/sessions", &body).await.is_problem(404, "not-found");
    let payment = begun.field("payment_id");
    let claim = json!({"payment_id": payment});
    let verified = member.visitor.post("/payments/verify", &claim).await;
    assert_eq!(verified.is(200).json()["status"], "pending");
    stranger.visitor.post("/payments/verify", &claim).await.is_problem(404, "not-found");
    let cancel = format!("/transactions/{payment}/cancel");
    stranger.visitor.bare(Method::POST, &cancel).await.is_problem(404, "not-found");
    let cancelled = member.visitor.bare(Method::POST, &cancel).await;
    assert_eq!(cancelled.is(200).json()["status"], "cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_goes_back_and_both_are_in_the_books() {
    let (admin, member) = (Member::admin().await, Member::join().await);
    let booking = Ulid::generate().to_string();
    let user = member.id().await;
    let paid = json!({
        "about": about(&booking), "key": "K1", "user_id": user, "amount": 1_000, "currency": "EUR", "recorded_by": user,
    });
    tell_queue("record-offline-payment", "payments.offline_paid", paid).await;
    let payment = eventually("a payment", SOON, || async {
        let listed = member.visitor.get("/payments").await;
        listed.json()["data"][0]["id"].as_str().map(str::to_owned)
    })
    .await;
    let give = json!({"amount": 300, "reason": "Goodwill"});
    let path = format!("/payments/{payment}/refunds");
    member.visitor.post(&path, &give).await.is_problem(403, "forbidden");
    let begun = admin.visitor.post(&path, &give).await;
    let refund = begun.is(202).place();
    assert_eq!(member.visitor.get(refund).await.is(200).json()["status"], "succeeded");
    let more = json!({"amount": 701, "reason": "Goodwill"});
    admin.visitor.post(&path, &more).await.is_problem(409, "refund-too-large");
    let shown = member.visitor.get(&format!("/payments/{payment}")).await;
    assert_eq!(shown.is(200).json()["status"], "partially_refunded");
    let listed = member.visitor.get("/transactions/history").await;
    let amounts: Vec<_> =
        listed.json()["data"].as_array().unwrap().iter().map(|it| it["amount"].clone()).collect();
    assert_eq!(amounts, [300, 1_000]);
    admin.visitor.get("/payments/analytics/revenue").await.is(200);
    admin.visitor.get("/payments/analytics/transactions").await.is(200);
    admin.visitor.post("/admin/reconcile", &json!({})).await.is(202);
}

#[tokio::test(flavor = "multi_thread")]
async fn fees_are_those_of_the_table() {
    let member = Member::join().await;
    assert_eq!(member.visitor.get("/fees").await.is(200).json()["data"].as_array().unwrap().len(), 4);
    let asked = json!({"service": "quick_job", "amount": 1_000, "currency": "GHS"});
    assert_eq!(member.visitor.post("/fees/calculate", &asked).await.is(200).json()["net"], 850);
}
