//! Booking a departure through the front door: seats, money as payments tells it, who comes along, and the ways back.

use acceptance::tours::departing;
use acceptance::treks::{announced, booking, departure, in_parts, name, wish};
use acceptance::{Member, SOON, Visitor, eventually, tell_queue};
use kernel::id::Ulid;
use serde_json::{Value, json};

/// As payments tells it when the money is there.
async fn paid(booking: &Value, no: u64) {
    let instalments = booking["instalments"].as_array().unwrap();
    let instalment = instalments.iter().find(|it| it["no"] == no).unwrap();
    let data = json!({
        "about": {"kind": "booking", "id": booking["id"], "instalment": no}, "payment_id": Ulid::generate().to_string(),
        "user_id": booking["user_id"], "amount": instalment["amount"], "currency": booking["currency"],
        "provider": "stripe",
    });
    tell_queue("follow-payments", "payments.payment.succeeded", data).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_are_held_at_once_or_not_at_all_and_the_price_is_the_servers() {
    let (admin, ada, eve) = (Member::admin().await, Member::join().await, Member::join().await);
    let trek = announced().await;
    let batch = departure(&admin.visitor, &trek, 40, 3).await;
    Visitor::new().post("/bookings", &wish(&ada, &trek, &batch, 1)).await.is_problem(401, "not-signed-in");

    let mut wrong = wish(&ada, &trek, &batch, 2);
    wrong["expected"] = json!({"total": 1});
    ada.visitor.post("/bookings", &wrong).await.is_problem(400, "invalid-request");
    let answer = ada.visitor.post("/bookings", &wish(&ada, &trek, &batch, 2)).await;
    let held = answer.is(201).json();
    assert_eq!((&held["status"], &held["total"]), (&json!("on_hold"), &json!(210_000)));
    assert!(held["hold_expires_at"].is_string());
    let id = held["id"].as_str().unwrap();
    assert_eq!(answer.header("location"), format!("/api/v1/bookings/{id}"));

    let refused = eve.visitor.post("/bookings", &wish(&eve, &trek, &batch, 2)).await;
    refused.is_problem(409, "sold-out");
    assert_eq!(refused.json()["seats_left"], 1);
    eve.visitor.get(&format!("/bookings/{id}")).await.is_problem(404, "not-found");
    eve.visitor.put(&format!("/bookings/{id}/cancel"), &json!({})).await.is_problem(404, "not-found");
    admin.visitor.get(&format!("/bookings/{id}")).await.is(200);
    eve.visitor.get("/bookings").await.is_problem(403, "forbidden");

    let again = ada.visitor.post("/bookings", &wish(&ada, &trek, &batch, 3)).await.is(201).json();
    assert_eq!((&again["id"], &again["attempts"]), (&held["id"], &json!(2)));
    let seats = Visitor::new().get(&format!("/batches/{batch}")).await.is(200).json();
    assert_eq!(seats["seats_left"], 0);
    let mine = ada.visitor.get("/bookings/me").await.is(200).json();
    assert_eq!(mine["data"][0]["id"], held["id"]);
    ada.visitor
        .put(&format!("/bookings/{id}/cancel"), &json!({"refund_type": "full"}))
        .await
        .is_problem(403, "forbidden");
    ada.visitor.put(&format!("/bookings/{id}/cancel"), &json!({})).await.is(200);
    assert_eq!(Visitor::new().get(&format!("/batches/{batch}")).await.json()["seats_left"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_is_paid_in_two_parts_named_confirmed_moved_and_cancelled_one_by_one() {
    let (admin, ada) = (Member::admin().await, Member::join().await);
    let trek = announced().await;
    let batch = departure(&admin.visitor, &trek, 40, 5).await;
    let half = in_parts(wish(&ada, &trek, &batch, 2));
    let held = ada.visitor.post("/bookings", &half).await.is(201).json();
    let id = held["id"].as_str().unwrap().to_owned();
    paid(&held, 1).await;
    let partly = booking(&ada, &id, |it| it["status"] == "partially_paid").await;
    assert_eq!(partly["balance"], 157_500);
    paid(&partly, 2).await;
    booking(&ada, &id, |it| it["status"] == "paid").await;
    name(&ada, &id, 1).await.is_problem(400, "invalid-request");
    name(&ada, &id, 2).await.is(200);
    booking(&ada, &id, |it| it["status"] == "confirmed").await;

    let to = departure(&admin.visitor, &trek, 60, 2).await;
    let request = json!({"type": "reschedule", "reason": "Rain", "preferred_batch": to});
    ada.visitor.post(&format!("/bookings/{id}/cancellation-request"), &request).await.is(201);
    let again = ada.visitor.post(&format!("/bookings/{id}/cancellation-request"), &request).await;
    again.is_problem(409, "request-pending");
    let yes = json!({"approve": true});
    ada.visitor.put(&format!("/bookings/{id}/cancellation-request"), &yes).await.is_problem(403, "forbidden");
    let moved = admin.visitor.put(&format!("/bookings/{id}/cancellation-request"), &yes).await.is(200).json();
    assert_eq!(moved["batch_id"].as_str(), Some(to.as_str()));

    let preview = ada.visitor.post(&format!("/bookings/{id}/calculate-refund"), &json!({})).await;
    assert_eq!(preview.is(200).json()["amount"], 210_000);
    let one = moved["participants"][0]["id"].as_str().unwrap();
    let path = format!("/bookings/{id}/participants/{one}/cancel");
    let left = ada.visitor.put(&path, &json!({})).await.is(200).json();
    assert_eq!(left["participants"][0]["refund_amount"], 105_000);
    assert_eq!(left["participants"][1]["refund_status"], "not_applicable");
    ada.visitor.put(&format!("/bookings/{id}/cancel"), &json!({"reason": "Ill"})).await.is(200);
    ada.visitor.put(&format!("/bookings/{id}/cancel"), &json!({})).await.is_problem(409, "booking-state");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_departure_cancels_its_bookings_and_papers_are_made() {
    let (admin, ada) = (Member::admin().await, Member::join().await);
    let trek = announced().await;
    let batch = departure(&admin.visitor, &trek, 40, 5).await;
    let held = ada.visitor.post("/bookings", &wish(&ada, &trek, &batch, 1)).await.is(201).json();
    let id = held["id"].as_str().unwrap();
    ada.visitor.get(&format!("/bookings/{id}/invoice")).await.is_problem(409, "booking-state");
    paid(&held, 1).await;
    booking(&ada, id, |it| it["status"] == "paid").await;
    let invoice = ada.visitor.get(&format!("/bookings/{id}/invoice")).await.is(200).json();
    let again = ada.visitor.get(&format!("/bookings/{id}/invoice")).await.is(200).json();
    assert_eq!(invoice["number"], again["number"]);
    admin.visitor.get("/admin/bookings/export?fileType=xlsx").await.is(200);
    let path = format!("/batches/{batch}/participants/export?fields=reference,name");
    let list = admin.visitor.get(&path).await;
    assert_eq!(list.is(200).json()["rows"], 1);
    admin.visitor.delete(&format!("/batches/{batch}")).await.is_problem(409, "batch-booked");
    admin.visitor.put(&format!("/batches/{batch}/status"), &json!({"status": "cancelled"})).await.is(200);
    let cancelled = booking(&ada, id, |it| it["status"] == "cancelled").await;
    assert_eq!(cancelled["cancellation"]["by"], "batch_cancelled");
    assert_eq!(cancelled["refund"]["amount"], held["total"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tour_that_is_posted_with_dates_can_be_booked() {
    let (admin, ada) = (Member::admin().await, Member::join().await);
    let (tour, batch) = departing(&admin.visitor, 30, 1).await;
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
