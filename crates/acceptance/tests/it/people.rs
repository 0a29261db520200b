//! People beside the one who books: an operator has an account opened for a caller, and participants are written to.

use acceptance::{Member, PASSWORD, SOON, Visitor, eventually, mail, mails_to, secret, send, tell_queue};
use kernel::id::Ulid;
use kernel::time;
use reqwest::Method;
use serde_json::{Value, json};

const FIND: &str = "/admin/bookings/validate-user";
const CREATE: &str = "/admin/bookings/create-user";
const SUBJECT: &str = "Your new Caravan account";

fn address(name: &str) -> String {
    format!("{name}-{}@example.com", Ulid::generate().to_string().to_lowercase())
}

/// A trek that bookings knows, with a departure in 40 days.
async fn departure(admin: &Member) -> (String, String) {
    let trek = Ulid::generate().to_string();
    let terms = json!({
        "add_ons": [], "gst_rate": 0, "gst_included": false, "gateway_rate": 0, "gateway_by_customer": false,
        "cancellation_policy": [], "custom_fields": [],
    });
    let data = json!({
        "trek_id": trek, "version": 1, "name": "Kedarkantha", "slug": trek.to_lowercase(), "enabled": true,
        "price": 100_000, "currency": "INR", "duration": 6, "terms": terms, "deleted": false,
    });
    tell_queue("follow-catalogue", "tours.trek.updated", data).await;
    let start = time::now() + time::days(40);
    let body = json!({
        "owner_kind": "trek", "owner_id": trek, "start_date": start, "end_date": start + time::days(5),
        "max_participants": 5,
    });
    let batch = eventually("the departure", SOON, async || {
        let answer = admin.visitor.post("/batches", &body).await;
        (answer.status == 201).then(|| answer.field("id"))
    });
    let batch = batch.await;
    (trek, batch)
}

async fn put(member: &Member, path: &str, body: Value) -> Value {
    let request = member.visitor.request(Method::PUT, &format!("/api/v1{path}")).json(&body);
    send(request).await.is(200).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_without_an_account_gets_one_and_is_booked_for_and_their_friends_hear_of_it() {
    let (admin, eve) = (Member::admin().await, Member::join().await);
    let (grace, ben) = (address("grace"), address("ben"));
    let digits = Ulid::generate().random() % 100_000_000;
    let phone = format!("+49151{digits:08}");
    let wish = json!({"given_name": "Grace", "family_name": "Hopper", "email": grace, "phone": phone});
    let by_phone = json!({"phone": phone});
    admin.visitor.post(FIND, &by_phone).await.is_problem(404, "not-found");
    eve.visitor.post(CREATE, &wish).await.is_problem(403, "forbidden");
    Visitor::new().post(CREATE, &wish).await.is_problem(401, "not-signed-in");

    let first = admin.visitor.post(CREATE, &wish).await;
    let found = eventually("the account", SOON, async || {
        let answer = admin.visitor.post(FIND, &by_phone).await;
        (answer.status == 200).then(|| answer.json())
    })
    .await;
    assert_eq!((&found["email"], &found["name"]), (&json!(grace), &json!("Grace Hopper")));
    // Somebody has the address by now: the answer does not tell.
    let second = admin.visitor.post(CREATE, &wish).await;
    assert_eq!(first.is(202).json(), second.is(202).json());

    let text = mail(&grace, SUBJECT).await.text;
    let (_, token) = text.split_once("/api/v1/auth/password/reset#").expect("a link in the mail");
    let token = token.split_whitespace().next().unwrap().to_owned();
    secret(&token);
    let no_password = json!({"email": grace, "password": PASSWORD});
    Visitor::new().post("/auth/login", &no_password).await.is_problem(401, "wrong-credentials");
    let password = json!({"password": PASSWORD, "password_confirm": PASSWORD});
    Visitor::new().post(&format!("/auth/password/reset/{token}"), &password).await.is(200);
    let owner = Member::log_in(&grace).await;
    Visitor::new()
        .post(&format!("/auth/password/reset/{token}"), &password)
        .await
        .is_problem(400, "code-invalid");

    let (trek, batch) = departure(&admin).await;
    let booking = json!({
        "user_id": found["user_id"], "owner_kind": "trek", "owner_id": trek, "batch_id": batch, "participants": 2,
        "payment_status": "completed",
    });
    let booked = admin.visitor.post("/admin/bookings", &booking).await.is(201).json();
    let id = booked["id"].as_str().unwrap();
    assert_eq!((&booked["status"], &booked["user_id"]), (&json!("paid"), &found["user_id"]));
    let mine = owner.visitor.get("/bookings/me").await.is(200).json();
    assert_eq!(mine["data"][0]["id"], booked["id"]);

    let names = json!({
        "participants": [
            {"name": "Grace Hopper", "email": grace, "phone": phone},
            {"name": "Ben", "email": ben, "phone": "+4915112345678"},
        ],
        "emergency_contact": {"name": "Eve", "phone": "+4915112345679", "relation": "Sister"},
    });
    put(&owner, &format!("/bookings/{id}/participants"), names).await;
    let letter = mail(&ben, "You come along: Kedarkantha").await;
    assert!(letter.text.contains("Hello Ben") && letter.text.contains(booked["reference"].as_str().unwrap()));
    put(&owner, &format!("/bookings/{id}/cancel"), json!({})).await;
    mail(&ben, "Cancelled: Kedarkantha").await;
    assert_eq!(mails_to(&ben).await.len(), 2);
    // Who booked is told as such, and once.
    mail(&grace, "ancelled").await;
    let to_grace = mails_to(&grace).await;
    assert_eq!(to_grace.iter().filter(|mail| mail.subject == SUBJECT).count(), 1);
    assert!(!to_grace.iter().any(|mail| mail.subject.starts_with("You come along")));
}
