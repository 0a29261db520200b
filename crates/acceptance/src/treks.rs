//! Treks and those who book them, for every story that begins there.

use kernel::id::Ulid;
use kernel::{Timestamp, time};
use reqwest::Method;
use serde_json::{Value, json};

use crate::stripe::{CARD, Stripe};
use crate::{Answer, Member, SOON, Visitor, eventually, mail, tell_queue};

/// What a seat on these treks costs: 10,000 rupees and 5 % tax.
pub const SEAT: i64 = 1_050_000;

/// An administrator, and somebody who travels; both their mails are sent from now on.
pub async fn people() -> (Member, Member) {
    let (admin, ada) = tokio::join!(Member::admin(), Member::join());
    mail(&ada.email, "Welcome").await;
    (admin, ada)
}

/// A trek in the catalogue. Half of its price first if one likes, the rest three days before the start.
pub async fn written(admin: &Visitor, change: impl FnOnce(&mut Value)) -> String {
    let own = Ulid::generate().to_string();
    let region = json!({"name": format!("Himalaya {own}"), "state": "Uttarakhand"});
    let region = admin.post("/regions", &region).await.is(201).field("id");
    let mut trek = json!({
        "name": format!("Kedarkantha {own}"), "description": "Snow", "region_id": region, "difficulty": "Easy",
        "duration": 6, "display_price": 1_000_000, "currency": "INR", "start_point": "Sankri", "end_point": "Sankri",
        "highlights": ["The summit"], "gst": {"percent": 5.0, "type": "excluded"},
        "partial_payment": {"enabled": true, "amount": 50.0, "amount_type": "percentage", "final_due_days": 3},
    });
    change(&mut trek);
    admin.post("/treks", &trek).await.is(201).field("id")
}

/// A trek that bookings is told of and that is in no catalogue, paid in two parts if one likes.
pub async fn announced() -> String {
    let id = Ulid::generate().to_string();
    let terms = json!({
        "add_ons": [], "gst_rate": 500, "gst_included": false, "gateway_rate": 0, "gateway_by_customer": false,
        "partial_payment": {"amount": 2_500, "percentage": true, "final_due_days": 10, "auto_cancel": true},
        "cancellation_policy": [], "custom_fields": [],
    });
    let trek = json!({
        "trek_id": id, "version": 1, "name": "Kedarkantha", "slug": id.to_lowercase(), "enabled": true,
        "price": 100_000, "currency": "INR", "duration": 6, "terms": terms, "deleted": false,
    });
    tell_queue("follow-catalogue", "tours.trek.updated", trek).await;
    id
}

/// A departure in so many days, as soon as bookings knows the trek.
pub async fn departure(admin: &Visitor, trek: &str, days: u64, seats: u32) -> String {
    let start = time::now() + time::days(days);
    let departure = json!({
        "owner_kind": "trek", "owner_id": trek, "start_date": start, "end_date": start + time::days(6),
        "max_participants": seats,
    });
    let made = || async {
        let answer = admin.post("/batches", &departure).await;
        (answer.status == 201).then(|| answer.field("id"))
    };
    eventually("bookings knows the trek", SOON, made).await
}

/// A trek on sale, with a departure in so many days.
pub async fn on_sale(admin: &Visitor, days: u64, seats: u32) -> (String, String) {
    let trek = written(admin, |_| ()).await;
    let batch = departure(admin, &trek, days, seats).await;
    sell(admin, &trek).await;
    (trek, batch)
}

/// Puts it on sale, as soon as tours knows that it departs.
pub async fn sell(admin: &Visitor, trek: &str) {
    let sell = format!("/treks/{trek}/toggle-status");
    let on_sale = || async { (admin.bare(Method::PATCH, &sell).await.status == 200).then_some(()) };
    eventually("tours knows the departure", SOON, on_sale).await;
}

/// What somebody sends to book.
pub fn wish(member: &Member, trek: &str, batch: &str, seats: u32) -> Value {
    json!({
        "owner_kind": "trek", "owner_id": trek, "batch_id": batch, "participants": seats,
        "contact": {"name": "Ada", "email": member.email, "phone": "+4915112345678"},
    })
}

/// The same, to be paid in two parts.
pub fn in_parts(mut wish: Value) -> Value {
    wish["payment_mode"] = json!("partial");
    wish
}

/// The id of what was booked.
pub fn id(booking: &Value) -> &str {
    booking["id"].as_str().expect("an id")
}

/// Books it, as soon as it is on sale for bookings, too.
pub async fn hold(member: &Member, wish: &Value) -> Value {
    let sold = || async {
        let answer = member.visitor.post("/bookings", wish).await;
        (answer.status == 201).then(|| answer.json())
    };
    eventually("the trek on sale", SOON, sold).await
}

/// The booking, once it is as wanted.
pub async fn booking(member: &Member, id: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let there = || async {
        let booking = member.visitor.get(&format!("/bookings/{id}")).await.is(200).json();
        wanted(&booking).then_some(booking)
    };
    eventually("the booking to change", SOON, there).await
}

/// A payment that somebody made.
pub struct Paid {
    pub amount: i64,
    /// The provider's PaymentIntent.
    pub intent: String,
}

/// Pays an instalment by card, as soon as payments knows that it is due.
pub async fn pay(member: &Member, stripe: &Stripe, booking: &str, instalment: u32) -> Paid {
    let body = json!({"subject_kind": "booking", "subject_id": booking, "instalment": instalment});
    let session = || async {
        let answer = member.visitor.post("/payments/sessions", &body).await;
        (answer.status == 200).then(|| answer.json())
    };
    let session = eventually("an amount that is due", SOON, session).await;
    let secret = session["client_secret"].as_str().expect("a client secret");
    stripe.pay(secret, CARD).await.is(200);
    let intent = secret.split("_secret_").next().unwrap_or_default().to_owned();
    Paid { amount: session["amount"].as_i64().expect("an amount"), intent }
}

/// Books so many seats and pays them at once.
pub async fn booked(member: &Member, stripe: &Stripe, wish: &Value) -> (Value, Paid) {
    let held = hold(member, wish).await;
    let paid = pay(member, stripe, id(&held), 1).await;
    (booking(member, id(&held), |it| it["status"] == "paid").await, paid)
}

/// Who comes along.
pub fn names(seats: usize) -> Value {
    let one = json!({"name": "Ada", "email": "ada@example.com", "phone": "+4915112345678"});
    json!({
        "participants": vec![one; seats],
        "emergency_contact": {"name": "Eve", "phone": "+4915112345679", "relation": "Sister"},
    })
}

/// Says who comes along; a booking that is paid is confirmed by that.
pub async fn name(member: &Member, booking: &str, seats: usize) -> Answer {
    member.visitor.put(&format!("/bookings/{booking}/participants"), &names(seats)).await
}

/// A moment of an answer.
pub fn moment(value: &Value) -> Timestamp {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("a moment: {value}"))
}
