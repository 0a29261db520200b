//! Identity's story: register, verify, log in, refresh, lose a reply, be robbed, log out.

use std::time::{Duration, Instant};

use acceptance::{
    Member, SOON, Visitor, code_from_mail, eventually, mail, mails_to, secret, send, setting, somebody,
    token_from_mail, try_log_in,
};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn somebody_registers_verifies_with_the_code_and_is_welcomed() {
    let (visitor, new) = (Visitor::new(), somebody());
    let email = new["email"].as_str().unwrap();
    visitor.post("/auth/register", &new).await.is(202);

    try_log_in(email).await.is_problem(403, "email-not-verified");

    let proof = json!({"email": email, "code": code_from_mail(email).await});
    let member = Member::from(email.to_owned(), visitor.post("/auth/verify-email", &proof).await.is(200));
    visitor.post("/auth/verify-email", &proof).await.is_problem(400, "code-invalid");

    let me = member.visitor.get("/auth/me").await;
    assert_eq!(me.is(200).field("email"), email);
    assert_eq!(me.json()["roles"], json!(["user"]));
    assert_eq!(me.json()["email_verified"], true);

    let welcome = mail(email, "Welcome to Caravan").await;
    assert!(welcome.text.contains("Hello Ada"));
    let welcomes = mails_to(email).await.into_iter().filter(|mail| mail.subject.contains("Welcome"));
    assert_eq!(welcomes.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_in_the_mail_verifies_once_and_its_page_asks_before() {
    let (visitor, new) = (Visitor::new(), somebody());
    let email = new["email"].as_str().unwrap();
    visitor.post("/auth/register", &new).await.is(202);
    let token = token_from_mail(email, "is your Caravan code", "verify-email").await;

    let page = visitor.get("/auth/verify-email").await;
    assert!(page.is(200).header("content-type").starts_with("text/html"));
    assert!(page.header("content-security-policy").contains("script-src 'sha256-"));

    visitor.post("/auth/verify-email", &json!({"token": token})).await.is(200);
    visitor.post("/auth/verify-email", &json!({"token": token})).await.is_problem(400, "code-invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_code_voids_the_old_one_and_five_wrong_ones_void_it_too() {
    let (visitor, new) = (Visitor::new(), somebody());
    let email = new["email"].as_str().unwrap();
    visitor.post("/auth/register", &new).await.is(202);
    let first = code_from_mail(email).await;

    visitor.post("/auth/verify-email/resend", &json!({"email": email})).await.is(202);
    let second = eventually("another code", SOON, || async {
        Some(code_from_mail(email).await).filter(|code| *code != first)
    })
    .await;
    visitor
        .post("/auth/verify-email", &json!({"email": email, "code": first}))
        .await
        .is_problem(400, "code-invalid");
    let wrong = if second == "000000" { "000001" } else { "000000" };
    for _ in 0..4 {
        let guess = json!({"email": email, "code": wrong});
        visitor.post("/auth/verify-email", &guess).await.is_problem(400, "code-invalid");
    }
    visitor
        .post("/auth/verify-email", &json!({"email": email, "code": second}))
        .await
        .is_problem(400, "code-invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_address_gets_the_same_answer_and_its_owner_a_mail() {
    let member = Member::join().await;
    let mut again = somebody();
    again["email"] = json!(member.email);
    let (taken, fresh) = (again.clone(), somebody());
    let visitor = Visitor::new();
    let answers =
        [visitor.post("/auth/register", &taken).await, visitor.post("/auth/register", &fresh).await];
    assert_eq!(answers[0].is(202).text, answers[1].is(202).text);
    mail(&member.email, "You have a Caravan account already").await;

    let nobody = json!({"email": "nobody-at-all@example.com"});
    let answer = visitor.post("/auth/verify-email/resend", &nobody).await;
    let known = visitor.post("/auth/verify-email/resend", &json!({"email": member.email})).await;
    assert_eq!(answer.is(202).text, known.is(202).text);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_people_with_one_address_at_once_one_wins() {
    let (mut one, mut other) = (somebody(), somebody());
    other["email"] = one["email"].clone();
    let email = one["email"].as_str().unwrap().to_owned();
    one["password"] = json!("first-password-of-two-77");
    other["password"] = json!("second-password-of-two-88");
    let visitor = Visitor::new();
    let (first, second) =
        tokio::join!(visitor.post("/auth/register", &one), visitor.post("/auth/register", &other));
    assert_eq!(first.is(202).text, second.is(202).text);

    let proof = json!({"email": email, "code": code_from_mail(&email).await});
    visitor.post("/auth/verify-email", &proof).await.is(200);
    let mut welcome = 0;
    for password in [&one["password"], &other["password"]] {
        secret(password.as_str().unwrap());
        let answer = visitor.post("/auth/login", &json!({"email": email, "password": password})).await;
        welcome += usize::from(answer.status == 200);
    }
    assert_eq!(welcome, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_username_belongs_to_one_account_and_logs_in_too() {
    let (mut one, mut other) = (somebody(), somebody());
    let name = format!("ada{}", &one["email"].as_str().unwrap()[20..30]);
    one["username"] = json!(name);
    other["username"] = json!(name.to_uppercase());
    let visitor = Visitor::new();
    visitor.post("/auth/register", &one).await.is(202);
    visitor.post("/auth/register", &other).await.is_problem(409, "username-taken");
    let email = one["email"].as_str().unwrap();
    let proof = json!({"email": email, "code": code_from_mail(email).await});
    visitor.post("/auth/verify-email", &proof).await.is(200);
    try_log_in(&name).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_works_once_and_a_lost_reply_is_forgiven() {
    let member = Member::join().await;
    let exchange = json!({"refresh_token": member.refresh_token});
    let visitor = Visitor::new();
    let next = Member::from(member.email.clone(), visitor.post("/auth/refresh", &exchange).await.is(200));
    assert_ne!(next.refresh_token, member.refresh_token);
    // The reply was lost: the same token again gets the same successor.
    let again = visitor.post("/auth/refresh", &exchange).await;
    assert_eq!(again.is(200).field("refresh_token"), next.refresh_token);
    next.visitor.get("/auth/me").await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_refreshes_leaves_one_branch_and_the_owner_signed_in() {
    let member = Member::join().await;
    let exchange = json!({"refresh_token": member.refresh_token});
    let storm: Vec<_> = (0..10)
        .map(|_| {
            let exchange = exchange.clone();
            tokio::spawn(async move { Visitor::new().post("/auth/refresh", &exchange).await })
        })
        .collect();
    let mut successors = std::collections::BTreeSet::new();
    for answer in storm {
        successors.insert(answer.await.unwrap().is(200).field("refresh_token"));
    }
    assert_eq!(successors.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_refresh_token_ends_the_session_for_thief_and_owner() {
    let member = Member::join().await;
    let visitor = Visitor::new();
    let stolen = json!({"refresh_token": member.refresh_token});
    let owner = Member::from(member.email.clone(), visitor.post("/auth/refresh", &stolen).await.is(200));
    let begun = Instant::now();
    let refused =
        || async { Some(visitor.post("/auth/refresh", &stolen).await).filter(|answer| answer.status == 401) };
    let answer = eventually("the end of the grace window", Duration::from_secs(60), refused).await;
    assert!(begun.elapsed() > Duration::from_secs(25), "the grace window is 30 s");
    answer.is_problem(401, "refresh-token-invalid");

    let owners = json!({"refresh_token": owner.refresh_token});
    visitor.post("/auth/refresh", &owners).await.is_problem(401, "refresh-token-invalid");
    owner.loses_access().await;
    Member::log_in(&member.email).await.visitor.get("/auth/me").await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn logging_out_ends_both_tokens_and_no_other_session() {
    let member = Member::join().await;
    let elsewhere = Member::log_in(&member.email).await;
    member.visitor.bare(Method::POST, "/auth/logout").await.is(204);
    let exchange = json!({"refresh_token": member.refresh_token});
    Visitor::new().post("/auth/refresh", &exchange).await.is_problem(401, "refresh-token-invalid");
    member.loses_access().await;
    elsewhere.visitor.get("/auth/me").await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn five_failures_lock_the_account_and_an_unknown_name_alike() {
    let member = Member::join().await;
    let visitor = Visitor::new();
    let guess = "not-the-password-123";
    for email in [member.email.as_str(), "nobody-has-this-one@example.com"] {
        for _ in 0..5 {
            let credentials = json!({"email": email, "password": guess});
            visitor.post("/auth/login", &credentials).await.is_problem(401, "wrong-credentials");
        }
        let locked = try_log_in(email).await;
        locked.is_problem(423, "login-locked");
        assert!(locked.header("retry-after").parse::<u32>().unwrap() > 1700);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_requests_with_one_key_have_one_effect() {
    let new = somebody();
    let email = new["email"].as_str().unwrap().to_owned();
    let key = format!("key-{email}");
    let requests: Vec<_> = (0..50)
        .map(|_| {
            let request = Visitor::new().request(Method::POST, "/api/v1/auth/register");
            tokio::spawn(send(request.header("idempotency-key", &key).json(&new)))
        })
        .collect();
    let mut first: Option<Value> = None;
    for answer in requests {
        let answer = answer.await.unwrap();
        if answer.status == 409 {
            answer.is_problem(409, "request-in-progress");
            assert!(answer.header("retry-after").parse::<u32>().unwrap() >= 1);
        } else {
            let body = answer.is(202).json();
            assert_eq!(*first.get_or_insert(body.clone()), body);
        }
    }
    assert!(first.is_some());
    code_from_mail(&email).await;
    let again = Visitor::new().request(Method::POST, "/api/v1/auth/register").header("idempotency-key", &key);
    assert_eq!(send(again.json(&new)).await.is(202).header("idempotent-replayed"), "true");
    let codes = mails_to(&email).await;
    assert_eq!(codes.len(), 1, "one effect, so one mail: {codes:?}");

    let other = Visitor::new().request(Method::POST, "/api/v1/auth/register").header("idempotency-key", &key);
    send(other.json(&somebody())).await.is_problem(422, "idempotency-key-reused");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_keys_check_a_real_token_and_may_be_kept() {
    Member::join().await;
    let answer = send(Visitor::new().request(Method::GET, "/.well-known/jwks.json")).await;
    let key = answer.is(200).json()["keys"][0].clone();
    assert_eq!((&key["kty"], &key["crv"], &key["alg"]), (&json!("EC"), &json!("P-256"), &json!("ES256")));
    assert!(answer.header("cache-control").contains("max-age"));
    assert!(key.get("d").is_none(), "a private key");
    assert!(!setting("CARAVAN_DOOR").is_empty());
}
