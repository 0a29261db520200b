//! People beside the one who books: an operator has an account opened for a caller, and participants are written to.

use acceptance::treks::{announced, departure};
use acceptance::{
    Member, PASSWORD, SOON, Visitor, address, eventually, mail, mails_to, token_from_mail, try_log_in,
};
use kernel::id::Ulid;
use serde_json::json;

const FIND: &str = "/admin/bookings/validate-user";
const CREATE: &str = "/admin/bookings/create-user";
const SUBJECT: &str = "Your new Caravan account";

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

    let token = token_from_mail(&grace, SUBJECT, "password/reset").await;
    // The account has no password yet.
    try_log_in(&grace).await.is_problem(401, "wrong-credentials");
    let password = json!({"password": PASSWORD, "password_confirm": PASSWORD});
    Visitor::new().post(&format!("/auth/password/reset/{token}"), &password).await.is(200);
    let owner = Member::log_in(&grace).await;
    Visitor::new()
        .post(&format!("/auth/password/reset/{token}"), &password)
        .await
        .is_problem(400, "code-invalid");

    let trek = announced().await;
    let batch = departure(&admin.visitor, &trek, 40, 5).await;
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
    owner.visitor.put(&format!("/bookings/{id}/participants"), &names).await.is(200);
    let letter = mail(&ben, "You come along: Kedarkantha").await;
    assert!(letter.text.contains("Hello Ben") && letter.text.contains(booked["reference"].as_str().unwrap()));
    owner.visitor.put(&format!("/bookings/{id}/cancel"), &json!({})).await.is(200);
    mail(&ben, "Cancelled: Kedarkantha").await;
    assert_eq!(mails_to(&ben).await.len(), 2);
    // Who booked is told as such, and once.
    mail(&grace, "ancelled").await;
    let to_grace = mails_to(&grace).await;
    assert_eq!(to_grace.iter().filter(|mail| mail.subject == SUBJECT).count(), 1);
    assert!(!to_grace.iter().any(|mail| mail.subject.starts_with("You come along")));
}
