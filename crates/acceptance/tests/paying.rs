//! From the tour or trek in the catalogue to the money that arrived, and back again: every context that has a part in
//! it, and a server that speaks Stripe's protocol.

use acceptance::stripe::{CARD, DECLINED, Stripe};
use acceptance::{Answer, Member, SOON, Visitor, eventually, mails_to, send};
use kernel::id::Ulid;
use kernel::time;
use reqwest::Method;
use serde_json::{Value, json};

async fn put(visitor: &Visitor, path: &str, body: &Value) -> Answer {
    send(visitor.request(Method::PUT, &format!("/api/v1{path}")).json(body)).await
}

async fn booking(member: &Member, id: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let there = || async {
        let booking = member.visitor.get(&format!("/bookings/{id}")).await.is(200).json();
        wanted(&booking).then_some(booking)
    };
    eventually("the booking to change", SOON, there).await
}

async fn mail(member: &Member, subject: &str) {
    let came = || async {
        mails_to(&member.email).await.iter().any(|mail| mail.subject.contains(subject)).then_some(())
    };
    eventually(&format!("a mail about {subject}"), SOON, came).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tour_is_paid_on_the_providers_page_and_stands_among_my_tours() {
    let (admin, ada, stripe) = (Member::admin().await, Member::join().await, Stripe::new());
    mail(&ada, "Welcome").await;
    let name = format!("Tour {}", Ulid::generate());
    let tour = json!({
        "name": name, "duration": 5, "maxGroupSize": 2, "difficulty": "easy", "price": 39_700,
        "summary": "Breathtaking hike", "imageCover": "tour-1-cover.jpg", "startDates": [time::now() + time::days(60)],
    });
    let tour = admin.visitor.post("/tours", &tour).await.is(201).field("id");
    let begin = format!("/bookings/checkout-session/{tour}");
    Visitor::new().post(&begin, &json!({})).await.is_problem(401, "not-signed-in");
    let opened = || async {
        let answer = send(ada.visitor.request(Method::POST, &format!("/api/v1{begin}"))).await;
        (answer.status == 201).then(|| answer.json())
    };
    let opened = eventually("the tour's departure and the page to pay on", SOON, opened).await;
    let (id, page) = (opened["booking"]["id"].as_str().unwrap(), opened["url"].as_str().unwrap());
    assert_eq!(
        (&opened["booking"]["total"], &opened["booking"]["status"]),
        (&json!(39_700), &json!("on_hold"))
    );

    stripe.submit(page, DECLINED).await.is(402);
    let back = stripe.pay_page(page, CARD).await;
    assert!(back.ends_with("/my-tours?alert=booking"), "{back}");
    let paid = booking(&ada, id, |it| it["paid_amount"] == 39_700).await;
    assert_eq!(paid["balance"], 0);
    let mine = || async {
        let tours = ada.visitor.get("/my-tours").await.is(200).json();
        (tours["data"][0]["name"] == name.as_str()).then_some(())
    };
    eventually("the tour among my tours", SOON, mine).await;
    mail(&ada, "Payment received").await;
    mail(&ada, "Booking paid").await;
}

/// A trek on sale, with a departure in 40 days: half of the price first.
async fn trek(admin: &Visitor) -> (String, String) {
    let own = Ulid::generate().to_string();
    let region = json!({"name": format!("Himalaya {own}"), "state": "Uttarakhand"});
    let region = admin.post("/regions", &region).await.is(201).field("id");
    let trek = json!({
        "name": format!("Kedarkantha {own}"), "description": "Snow", "region_id": region, "difficulty": "Easy",
        "duration": 6, "display_price": 1_000_000, "currency": "INR", "start_point": "Sankri", "end_point": "Sankri",
        "highlights": ["The summit"], "gst": {"percent": 5.0, "type": "excluded"},
        "partial_payment": {"enabled": true, "amount": 50.0, "amount_type": "percentage", "final_due_days": 3},
    });
    let trek = admin.post("/treks", &trek).await.is(201).field("id");
    let start = time::now() + time::days(40);
    let departure = json!({
        "owner_kind": "trek", "owner_id": trek, "start_date": start, "end_date": start + time::days(6),
        "max_participants": 4,
    });
    let departure = || async {
        let answer = admin.post("/batches", &departure).await;
        (answer.status == 201).then(|| answer.field("id"))
    };
    let batch = eventually("bookings knows the trek", SOON, departure).await;
    let sell = format!("/api/v1/treks/{trek}/toggle-status");
    let on_sale = || async { (send(admin.request(Method::PATCH, &sell)).await.status == 200).then_some(()) };
    eventually("tours knows the departure", SOON, on_sale).await;
    (trek, batch)
}

async fn pay(member: &Member, stripe: &Stripe, booking: &str, instalment: u32) -> Value {
    let body = json!({"subject_kind": "booking", "subject_id": booking, "instalment": instalment});
    let session = || async {
        let answer = member.visitor.post("/payments/sessions", &body).await;
        (answer.status == 200).then(|| answer.json())
    };
    let session = eventually("an amount that is due", SOON, session).await;
    stripe.pay(session["client_secret"].as_str().unwrap(), CARD).await.is(200);
    session
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trek_is_paid_in_two_parts_named_confirmed_and_partly_given_back() {
    let (admin, ada, stripe) = (Member::admin().await, Member::join().await, Stripe::new());
    mail(&ada, "Welcome").await;
    let (trek, batch) = trek(&admin.visitor).await;
    let wish = json!({
        "owner_kind": "trek", "owner_id": trek, "batch_id": batch, "participants": 2, "payment_mode": "partial",
        "contact": {"name": "Ada", "email": ada.email, "phone": "+4915112345678"},
    });
    let sold = || async {
        let answer = ada.visitor.post("/bookings", &wish).await;
        (answer.status == 201).then(|| answer.json())
    };
    let held = eventually("the trek on sale", SOON, sold).await;
    let id = held["id"].as_str().unwrap();
    // Two at 10,000 rupees and 5 % tax; half of it first.
    assert_eq!(held["total"], 2_100_000);
    assert_eq!(held["instalments"][0]["amount"], 1_050_000);

    let eve = Member::join().await;
    let body = json!({"subject_kind": "booking", "subject_id": id, "instalment": 1});
    assert!(eve.visitor.post("/payments/sessions", &body).await.status != 200, "a stranger pays nothing");
    assert_eq!(pay(&ada, &stripe, id, 1).await["amount"], 1_050_000);
    booking(&ada, id, |it| it["status"] == "partially_paid").await;
    assert_eq!(pay(&ada, &stripe, id, 2).await["amount"], 1_050_000);
    let paid = booking(&ada, id, |it| it["status"] == "paid").await;
    assert_eq!(paid["paid_amount"], 2_100_000);

    let one = json!({"name": "Ada", "email": "ada@example.com", "phone": "+4915112345678"});
    let names = json!({
        "participants": [one, one],
        "emergency_contact": {"name": "Eve", "phone": "+4915112345679", "relation": "Sister"},
    });
    let named = put(&ada.visitor, &format!("/bookings/{id}/participants"), &names).await.is(200).json();
    assert_eq!(named["status"], "confirmed");
    mail(&ada, "Booking confirmed").await;

    // More than 21 days before: all of what was paid for one of two.
    let first = named["participants"][0]["id"].as_str().unwrap();
    put(&ada.visitor, &format!("/bookings/{id}/participants/{first}/cancel"), &json!({})).await.is(200);
    let back = booking(&ada, id, |it| it["refunded_amount"] == 1_050_000).await;
    assert_eq!(
        (&back["status"], &back["participants"][0]["status"]),
        (&json!("confirmed"), &json!("cancelled"))
    );
    let seats = ada.visitor.get(&format!("/batches/{batch}")).await.is(200).json();
    assert_eq!(seats["seats_left"], 3);
    put(&ada.visitor, &format!("/bookings/{id}/cancel"), &json!({})).await.is(200);
    let back = booking(&ada, id, |it| it["refunded_amount"] == 2_100_000).await;
    assert_eq!(back["status"], "cancelled");
    let payments = ada.visitor.get("/payments").await.is(200).json()["data"].clone();
    let given_back = payments.as_array().unwrap().iter().filter_map(|it| it["refunded"].as_i64());
    assert_eq!(given_back.sum::<i64>(), 2_100_000);
}
