//! An account's life: where it is signed in, closed and open again, locked, shut out, moved, counted, erased.

use acceptance::{
    Member, PASSWORD, SOON, Visitor, code_from_mail, envelope, eventually, mail, mails_to, put_into_queue,
    somebody, try_log_in,
};
use kernel::id::Ulid;
use kernel::time;
use reqwest::Method;
use serde_json::{Value, json};

/// As another context would: of two decisions the later one counts, so each is of now.
async fn tell(queue: &str, kind: &str, data: &Value) {
    let mut event = envelope(kind, data.clone());
    event["occurred_at"] = json!(time::now());
    put_into_queue(queue, &event).await;
}

async fn is_out(member: &Member) {
    member.loses_access().await;
    let exchange = json!({"refresh_token": member.refresh_token});
    Visitor::new().post("/auth/refresh", &exchange).await.is_problem(401, "refresh-token-invalid");
}

/// Waits for what a consumer does to how a log-in is answered.
async fn until_log_in_is(email: &str, status: u16) {
    let answered = || async { (try_log_in(email).await.status == status).then_some(()) };
    eventually(&format!("a log-in answered {status}"), SOON, answered).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_see_where_they_are_signed_in_and_end_what_they_do_not_know() {
    let (here, eve) = (Member::join().await, Member::join().await);
    let (phone, laptop) = (Member::log_in(&here.email).await, Member::log_in(&here.email).await);
    let list = here.visitor.get("/auth/sessions").await;
    let sessions = list.is(200).json()["data"].as_array().cloned().unwrap();
    assert_eq!(sessions.len(), 3);
    let current: Vec<_> = sessions.iter().filter(|session| session["current"] == true).collect();
    assert_eq!(current.len(), 1);
    let current = current[0]["id"].as_str().unwrap();
    here.visitor.delete(&format!("/auth/sessions/{current}")).await.is_problem(400, "current-session");
    let of = |member: &Member| {
        let visitor = member.visitor.clone();
        async move { visitor.get("/auth/me").await.field("session_id") }
    };
    let (phones, eves) = (of(&phone).await, of(&eve).await);
    here.visitor.delete(&format!("/auth/sessions/{eves}")).await.is_problem(404, "not-found");
    here.visitor.delete(&format!("/auth/sessions/{phones}")).await.is(204);
    here.visitor.delete(&format!("/auth/sessions/{phones}")).await.is_problem(404, "not-found");
    is_out(&phone).await;
    laptop.visitor.get("/auth/me").await.is(200);
    here.visitor.delete("/auth/sessions").await.is(204);
    is_out(&laptop).await;
    here.visitor.get("/auth/me").await.is(200);
    eve.visitor.get("/auth/me").await.is(200);
    assert_eq!(here.visitor.get("/auth/sessions").await.json()["data"].as_array().map(Vec::len), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_account_is_shut_until_its_owner_comes_back() {
    let (member, visitor) = (Member::join().await, Visitor::new());
    let elsewhere = Member::log_in(&member.email).await;
    let wrong = json!({"password": "not-the-password-123"});
    member.visitor.post("/auth/account/deactivate", &wrong).await.is_problem(403, "wrong-password");
    let own = json!({"password": PASSWORD});
    member.visitor.post("/auth/account/deactivate", &own).await.is(204);
    is_out(&member).await;
    is_out(&elsewhere).await;
    try_log_in(&member.email).await.is_problem(401, "wrong-credentials");

    let open = Member::join().await;
    for (email, password) in [
        (member.email.as_str(), "not-the-password-123"),
        (open.email.as_str(), PASSWORD),
        ("nobody-at-all@example.com", PASSWORD),
    ] {
        let comeback = json!({"email": email, "password": password});
        visitor.post("/auth/account/reactivate", &comeback).await.is_problem(401, "wrong-credentials");
    }
    let comeback = json!({"email": member.email, "password": PASSWORD});
    let answer = visitor.post("/auth/account/reactivate", &comeback).await;
    let back = Member::from(member.email.clone(), answer.is(200));
    back.visitor.get("/auth/me").await.is(200);
    try_log_in(&member.email).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_unlocks_and_signs_out_and_others_may_not() {
    let (admin, member) = (Member::admin().await, Member::join().await);
    let user = member.id().await;
    for _ in 0..5 {
        let guess = json!({"email": member.email, "password": "not-the-password-123"});
        Visitor::new().post("/auth/login", &guess).await.is_problem(401, "wrong-credentials");
    }
    try_log_in(&member.email).await.is_problem(423, "login-locked");
    let unlock = format!("/admin/users/{user}/unlock");
    member.visitor.bare(Method::POST, &unlock).await.is_problem(403, "forbidden");
    admin.visitor.bare(Method::POST, &unlock).await.is(204);
    try_log_in(&member.email).await.is(200);

    let revoke = format!("/admin/users/{user}/revoke-sessions");
    member.visitor.bare(Method::POST, &revoke).await.is_problem(403, "forbidden");
    admin.visitor.bare(Method::POST, &revoke).await.is(204);
    is_out(&member).await;
    try_log_in(&member.email).await.is(200);
    let nobody = Ulid::generate();
    for deed in ["unlock", "revoke-sessions"] {
        let path = format!("/admin/users/{nobody}/{deed}");
        admin.visitor.bare(Method::POST, &path).await.is_problem(404, "not-found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_see_accounts_and_log_ins_counted() {
    let admin = Member::admin().await;
    let stats = || async { admin.visitor.get("/admin/identity/stats").await.is(200).json() };
    let number = |stats: &Value, pointer: &str| stats.pointer(pointer).and_then(Value::as_u64).unwrap();
    let before = stats().await;
    Member::join().await;
    Visitor::new().post("/auth/register", &somebody()).await.is(202);
    // Others join meanwhile: there are at least as many more.
    let counted = || async {
        let after = stats().await;
        let more = |pointer: &str| number(&after, pointer) > number(&before, pointer);
        (more("/accounts/active") && more("/log_ins/29/count") && number(&after, "/accounts/unverified") > 0)
            .then_some(after)
    };
    let after = eventually("the count", SOON, counted).await;
    assert_eq!(after["log_ins"].as_array().map(Vec::len), Some(30));
    assert_eq!(after["log_ins"][29]["day"], time::now().to_string()[..10]);
    let member = Member::join().await;
    member.visitor.get("/admin/identity/stats").await.is_problem(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_users_shuts_out_is_out_and_whom_it_deletes_stays_out() {
    let member = Member::join().await;
    let user = json!({"user_id": member.id().await});
    tell("follow-users", "users.user.deactivated", &user).await;
    until_log_in_is(&member.email, 401).await;
    is_out(&member).await;
    let comeback = json!({"email": member.email, "password": PASSWORD});
    let refused = Visitor::new().post("/auth/account/reactivate", &comeback).await;
    refused.is_problem(401, "wrong-credentials");
    // The failures that were counted are those of this address: unlocking belongs to an administrator.
    let admin = Member::admin().await;
    let unlock = format!("/admin/users/{}/unlock", user["user_id"].as_str().unwrap());
    tell("follow-users", "users.user.activated", &user).await;
    let open = || async {
        admin.visitor.bare(Method::POST, &unlock).await.is(204);
        (try_log_in(&member.email).await.status == 200).then_some(())
    };
    eventually("a log-in again", SOON, open).await;

    let mut deleted = user.clone();
    deleted["erase_at"] = json!(time::now());
    tell("follow-users", "users.user.deleted", &deleted).await;
    until_log_in_is(&member.email, 401).await;
    tell("follow-users", "users.user.erased", &user).await;
    // The address is free again: whoever registers it is somebody new.
    let mut anew = somebody();
    anew["email"] = json!(member.email);
    let mails = mails_to(&member.email).await.len();
    let registered = || async {
        Visitor::new().post("/auth/register", &anew).await.is(202);
        let fresh = mails_to(&member.email).await.split_off(mails);
        fresh.into_iter().find(|mail| mail.subject.contains("is your Caravan code"))
    };
    eventually("a new account with the address", SOON, registered).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_address_is_proven_by_its_mail_and_the_old_one_is_told() {
    let member = Member::join().await;
    let (old, new) = (member.email.clone(), somebody()["email"].as_str().unwrap().to_owned());
    let wish = json!({"user_id": member.id().await, "email": new});
    tell("follow-users", "users.user.email_change_requested", &wish).await;
    let proof = json!({"email": new, "code": code_from_mail(&new).await});
    assert_eq!(member.visitor.get("/auth/me").await.field("email"), old);
    let answer = Visitor::new().post("/auth/verify-email", &proof).await;
    let moved = Member::from(new.clone(), answer.is(200));
    assert_eq!(moved.visitor.get("/auth/me").await.field("email"), new);
    Visitor::new().post("/auth/verify-email", &proof).await.is_problem(400, "code-invalid");
    mail(&old, "Your Caravan address was changed").await;
    try_log_in(&new).await.is(200);
    try_log_in(&old).await.is_problem(401, "wrong-credentials");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_critical_alert_ends_every_session_and_locks_the_account() {
    let member = Member::join().await;
    let user = member.id().await;
    let alert = json!({"user_id": user, "severity": "critical", "reason": "a test"});
    tell("guard-accounts", "admin.security.alert", &alert).await;
    until_log_in_is(&member.email, 423).await;
    is_out(&member).await;
    mail(&member.email, "Your Caravan account is locked").await;
    let admin = Member::admin().await;
    let unlock = format!("/admin/users/{user}/unlock");
    admin.visitor.bare(Method::POST, &unlock).await.is(204);
    try_log_in(&member.email).await.is(200);
}
