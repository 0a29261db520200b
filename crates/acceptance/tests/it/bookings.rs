//! Booking a departure through the front door: seats, money as payments tells it, who comes along, and the ways back.

use acceptance::{Answer, Member, SOON, Visitor, eventually, send, setting};
use kernel::id::Ulid;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::Cloud;

async fn ask(visitor: &Visitor, method: Method, path: &str, body: &Value) -> Answer {
    send(visitor.request(method, &format!("/api/v1{path}")).json(body)).await
}

async fn put(member: &Member, path: &str, body: Value) -> Answer {
    ask(&member.visitor, Method::PUT, path, &body).await
}

/// Tells a consumer what another context would.
async fn tell(queue: &str, kind: &str, data: Value) {
    let cloud = Cloud::of(setting("CARAVAN_ACCOUNT"));
    let name = format!("caravan-local-{queue}");
    let url = cloud.aside().sqs().get_queue_url().queue_name(name).send().await.unwrap().queue_url.unwrap();
    let envelope = json!({
        "id": Ulid::generate().to_string(), "type": kind, "version": 1, "occurred_at": "2026-01-01T00:00:00Z",
        "producer": "test", "subject_id": "test", "correlation_id": "test", "data": data,
    });
    let request = cloud.aside().sqs().send_message().queue_url(url).message_body(envelope.to_string());
    request.send().await.unwrap();
}

/// A trek that bookings knows, paid in two parts if one likes.
async fn trek(admin: &Member) -> String {
    let id = Ulid::generate().to_string();
    let terms = json!({
        "add_ons": [], "gst_rate": 500, "gst_included": false, "gateway_rate": 0, "gateway_by_customer": false,
        "partial_payment": {"amount": 2_500, "percentage": true, "final_due_days": 10, "auto_cancel": true},
        "cancellation_policy": [], "custom_fields": [],
    });
    let data = json!({
        "trek_id": id, "version": 1, "name": "Kedarkantha", "slug": id.to_lowercase(), "enabled": true,
        "price": 100_000, "currency": "INR", "duration": 6, "terms": terms, "deleted": false,
    });
    tell("follow-catalogue", "tours.trek.updated", data).await;
    eventually("the trek's terms", SOON, async || {
        let answer = admin.visitor.get(&format!("/batches/trek/{id}")).await;
        (answer.status == 200).then_some(())
    })
    .await;
    id
}

async fn departure(admin: &Member, trek: &str, days: i64, seats: u32) -> String {
    let start = kernel::time::now() + kernel::time::days(days.unsigned_abs());
    let body = json!({
        "owner_kind": "trek", "owner_id": trek, "start_date": start, "end_date": start + kernel::time::days(5),
        "max_participants": seats,
    });
    admin.visitor.post("/batches", &body).await.is(201).field("id")
}

fn wish(trek: &str, batch: &str, seats: u32) -> Value {
    json!({
        "owner_kind": "trek", "owner_id": trek, "batch_id": batch, "participants": seats,
        "contact": {"name": "Ada", "email": "ada@example.com", "phone": "+4915112345678"},
    })
}

/// As payments tells it when the money is there.
async fn paid(booking: &Value, no: u64) {
    let instalments = booking["instalments"].as_array().unwrap();
    let instalment = instalments.iter().find(|it| it["no"] == no).unwrap();
    let data = json!({
        "about": {"kind": "booking", "id": booking["id"], "instalment": no}, "payment_id": Ulid::generate().to_string(),
        "user_id": booking["user_id"], "amount": instalment["amount"], "currency": booking["currency"],
        "provider": "stripe",
    });
    tell("follow-payments", "payments.payment.succeeded", data).await;
}

async fn becomes(member: &Member, id: &str, status: &str) -> Value {
    eventually(&format!("the booking to be {status}"), SOON, async || {
        let booking = member.visitor.get(&format!("/bookings/{id}")).await.is(200).json();
        (booking["status"] == status).then_some(booking)
    })
    .await
}

fn names(seats: usize) -> Value {
    let one = json!({"name": "Ada", "email": "ada@example.com", "phone": "+4915112345678"});
    json!({
        "participants": vec![one; seats],
        "emergency_contact": {"name": "Eve", "phone": "+4915112345679", "relation": "Sister"},
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_are_held_at_once_or_not_at_all_and_the_price_is_the_servers() {
    let (admin, ada, eve) = (Member::admin().await, Member::join().await, Member::join().await);
    let trek = trek(&admin).await;
    let batch = departure(&admin, &trek, 40, 3).await;
    Visitor::new().post("/bookings", &wish(&trek, &batch, 1)).await.is_problem(401, "not-signed-in");

    let mut wrong = wish(&trek, &batch, 2);
    wrong["expected"] = json!({"total": 1});
    ada.visitor.post("/bookings", &wrong).await.is_problem(400, "invalid-request");
    let answer = ada.visitor.post("/bookings", &wish(&trek, &batch, 2)).await;
    let held = answer.is(201).json();
    assert_eq!((&held["status"], &held["total"]), (&json!("on_hold"), &json!(210_000)));
    assert!(held["hold_expires_at"].is_string());
    let id = held["id"].as_str().unwrap();
    assert_eq!(answer.header("location"), format!("/api/v1/bookings/{id}"));

    let refused = eve.visitor.post("/bookings", &wish(&trek, &batch, 2)).await;
    refused.is_problem(409, "sold-out");
    assert_eq!(refused.json()["seats_left"], 1);
    eve.visitor.get(&format!("/bookings/{id}")).await.is_problem(404, "not-found");
    put(&eve, &format!("/bookings/{id}/cancel"), json!({})).await.is_problem(404, "not-found");
    admin.visitor.get(&format!("/bookings/{id}")).await.is(200);
    eve.visitor.get("/bookings").await.is_problem(403, "forbidden");

    let again = ada.visitor.post("/bookings", &wish(&trek, &batch, 3)).await.is(201).json();
    assert_eq!((&again["id"], &again["attempts"]), (&held["id"], &json!(2)));
    let seats = Visitor::new().get(&format!("/batches/{batch}")).await.is(200).json();
    assert_eq!(seats["seats_left"], 0);
    let mine = ada.visitor.get("/bookings/me").await.is(200).json();
    assert_eq!(mine["data"][0]["id"], held["id"]);
    put(&ada, &format!("/bookings/{id}/cancel"), json!({"refund_type": "full"}))
        .await
        .is_problem(403, "forbidden");
    put(&ada, &format!("/bookings/{id}/cancel"), json!({})).await.is(200);
    assert_eq!(Visitor::new().get(&format!("/batches/{batch}")).await.json()["seats_left"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_is_paid_in_two_parts_named_confirmed_moved_and_cancelled_one_by_one() {
    let (admin, ada) = (Member::admin().await, Member::join().await);
    let trek = trek(&admin).await;
    let batch = departure(&admin, &trek, 40, 5).await;
    let mut body = wish(&trek, &batch, 2);
    body["payment_mode"] = json!("partial");
    let held = ada.visitor.post("/bookings", &body).await.is(201).json();
    let id = held["id"].as_str().unwrap().to_owned();
    paid(&held, 1).await;
    let partly = becomes(&ada, &id, "partially_paid").await;
    assert_eq!(partly["balance"], 157_500);
    paid(&partly, 2).await;
    becomes(&ada, &id, "paid").await;
    put(&ada, &format!("/bookings/{id}/participants"), names(1)).await.is_problem(400, "invalid-request");
    put(&ada, &format!("/bookings/{id}/participants"), names(2)).await.is(200);
    becomes(&ada, &id, "confirmed").await;

    let to = departure(&admin, &trek, 60, 2).await;
    let request = json!({"type": "reschedule", "reason": "Rain", "preferred_batch": to});
    ada.visitor.post(&format!("/bookings/{id}/cancellation-request"), &request).await.is(201);
    let again = ada.visitor.post(&format!("/bookings/{id}/cancellation-request"), &request).await;
    again.is_problem(409, "request-pending");
    let yes = json!({"approve": true});
    put(&ada, &format!("/bookings/{id}/cancellation-request"), yes.clone())
        .await
        .is_problem(403, "forbidden");
    let moved = put(&admin, &format!("/bookings/{id}/cancellation-request"), yes).await.is(200).json();
    assert_eq!(moved["batch_id"].as_str(), Some(to.as_str()));

    let preview = ada.visitor.post(&format!("/bookings/{id}/calculate-refund"), &json!({})).await;
    assert_eq!(preview.is(200).json()["amount"], 210_000);
    let one = moved["participants"][0]["id"].as_str().unwrap();
    let path = format!("/bookings/{id}/participants/{one}/cancel");
    let left = put(&ada, &path, json!({})).await.is(200).json();
    assert_eq!(left["participants"][0]["refund_amount"], 105_000);
    assert_eq!(left["participants"][1]["refund_status"], "not_applicable");
    put(&ada, &format!("/bookings/{id}/cancel"), json!({"reason": "Ill"})).await.is(200);
    put(&ada, &format!("/bookings/{id}/cancel"), json!({})).await.is_problem(409, "booking-state");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_departure_cancels_its_bookings_and_papers_are_made() {
    let (admin, ada) = (Member::admin().await, Member::join().await);
    let trek = trek(&admin).await;
    let batch = departure(&admin, &trek, 40, 5).await;
    let held = ada.visitor.post("/bookings", &wish(&trek, &batch, 1)).await.is(201).json();
    let id = held["id"].as_str().unwrap();
    ada.visitor.get(&format!("/bookings/{id}/invoice")).await.is_problem(409, "booking-state");
    paid(&held, 1).await;
    becomes(&ada, id, "paid").await;
    let invoice = ada.visitor.get(&format!("/bookings/{id}/invoice")).await.is(200).json();
    let again = ada.visitor.get(&format!("/bookings/{id}/invoice")).await.is(200).json();
    assert_eq!(invoice["number"], again["number"]);
    admin.visitor.get("/admin/bookings/export?fileType=xlsx").await.is(200);
    let path = format!("/batches/{batch}/participants/export?fields=reference,name");
    let list = admin.visitor.get(&path).await;
    assert_eq!(list.is(200).json()["rows"], 1);
    ask(&admin.visitor, Method::DELETE, &format!("/batches/{batch}"), &json!({}))
        .await
        .is_problem(409, "batch-booked");
    put(&admin, &format!("/batches/{batch}/status"), json!({"status": "cancelled"})).await.is(200);
    let cancelled = becomes(&ada, id, "cancelled").await;
    assert_eq!(cancelled["cancellation"]["by"], "batch_cancelled");
    assert_eq!(cancelled["refund"]["amount"], held["total"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tour_that_is_posted_with_dates_can_be_booked() {
    let (admin, ada) = (Member::admin().await, Member::join().await);
    let start = kernel::time::now() + kernel::time::days(30);
    let tour = json!({
        "name": format!("Tour {}", Ulid::generate()), "duration": 5, "maxGroupSize": 1, "difficulty": "easy",
        "price": 39_700, "summary": "Breathtaking hike", "imageCover": "tour-1-cover.jpg", "startDates": [start],
    });
    let tour = admin.visitor.post("/tours", &tour).await.is(201).field("id");
    let batch = eventually("the tour's departure", SOON, async || {
        let list = Visitor::new().get(&format!("/batches/tour/{tour}")).await;
        list.json()["data"][0]["id"].as_str().map(str::to_owned)
    })
    .await;
    let opened = eventually("a checkout", SOON, async || {
        let path = format!("/bookings/checkout-session/{tour}?batch={batch}");
        let answer = ada.visitor.post(&path, &json!({})).await;
        // News of a fresh account may still be on their way.
        (answer.status != 503).then_some(answer)
    })
    .await;
    assert!([201, 202].contains(&opened.status.as_u16()), "{}", opened.text);
    let seats = Visitor::new().get(&format!("/batches/{batch}")).await.is(200).json();
    assert_eq!(seats["seats_left"], 0);
}
