//! The story of somebody who has enough passwords: signing in with an account elsewhere, on the provider's own page.

use acceptance::{Answer, Member, Visitor, secret, send, setting, somebody};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, redirect};
use serde_json::{Value, json};

/// A browser that stops at every redirect, so that the test sees where it is sent.
fn browser() -> Client {
    Client::builder().redirect(redirect::Policy::none()).build().expect("an HTTP client")
}

fn query(url: &str, name: &str) -> Option<String> {
    let pairs = kernel::query::pairs(url.split_once('?')?.1).ok()?;
    pairs.into_iter().find(|(own, _)| own == name).map(|(_, value)| value)
}

/// A way to the provider and back, as far as the door of the platform.
struct Journey {
    cookie: String,
    back: String,
}

/// Tells the provider who somebody is, goes there, and signs in on its page.
async fn travel(subject: &str, claims: &Value) -> Journey {
    let departure =
        send(browser().get(format!("{}/api/v1/auth/oauth/google", setting("CARAVAN_DOOR")))).await;
    let there = departure.is(302).header("location").to_owned();
    assert_eq!(departure.header("cache-control"), "no-store");
    let cookie = departure.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    let issuer = there.split("/oauth2/").next().unwrap_or_default();
    let known = browser().put(format!("{issuer}/users/{subject}")).json(claims);
    assert!(send(known).await.status.is_success());
    let form = browser().post(&there).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    let signed_in = send(form.body(format!("sub={subject}"))).await;
    let back = signed_in.header("location").to_owned();
    assert!(back.starts_with(&setting("CARAVAN_DOOR")), "{back}: {}", signed_in.text);
    Journey { cookie, back }
}

async fn arrive(journey: &Journey) -> Answer {
    send(browser().get(&journey.back).header("cookie", &journey.cookie)).await
}

/// What the front end is sent.
async fn code(journey: &Journey) -> String {
    let arrival = arrive(journey).await;
    let front_end = arrival.is(302).header("location").to_owned();
    let code = query(&front_end, "code").unwrap_or_else(|| panic!("{front_end}"));
    secret(&code);
    code
}

async fn exchange(code: &str) -> Answer {
    Visitor::new().post("/auth/oauth/exchange", &json!({"code": code})).await
}

/// A subject and an address that nobody has.
fn stranger() -> (String, String) {
    let email = somebody()["email"].as_str().unwrap_or_default().to_owned();
    (email.split('@').next().unwrap_or_default().to_owned(), email)
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_new_signs_in_with_google_and_is_the_same_person_the_next_time() {
    let (subject, email) = stranger();
    let claims =
        json!({"email": email, "email_verified": true, "given_name": "Ada", "family_name": "Lovelace"});
    let first = code(&travel(&subject, &claims).await).await;
    let ada = Member::from(email.clone(), exchange(&first).await.is(200));
    exchange(&first).await.is_problem(400, "code-invalid");
    let me = ada.visitor.get("/auth/me").await.is(200).json();
    assert_eq!(
        (&me["email"], &me["email_verified"], &me["given_name"]),
        (&json!(email), &json!(true), &json!("Ada"))
    );

    let again = exchange(&code(&travel(&subject, &claims).await).await).await;
    assert_eq!(Member::from(email, again.is(200)).id().await, me["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_with_the_address_is_linked_only_when_google_has_verified_it() {
    let member = Member::join().await;
    let (subject, _) = stranger();
    let unproven = travel(&subject, &json!({"email": member.email, "email_verified": false})).await;
    let arrival = arrive(&unproven).await;
    assert_eq!(query(arrival.is(302).header("location"), "error").as_deref(), Some("email-not-verified"));
    let proven = travel(&subject, &json!({"email": member.email, "email_verified": true})).await;
    let linked = Member::from(member.email.clone(), exchange(&code(&proven).await).await.is(200));
    assert_eq!(member.id().await, linked.id().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_back_is_open_once_and_to_the_same_browser() {
    let (subject, email) = stranger();
    let claims = json!({"email": email, "email_verified": true});
    let journey = travel(&subject, &claims).await;
    send(browser().get(&journey.back)).await.is_problem(400, "code-invalid");
    let stolen = Journey { cookie: travel(&subject, &claims).await.cookie, back: journey.back.clone() };
    arrive(&stolen).await.is_problem(400, "code-invalid");
    arrive(&journey).await.is(302);
    arrive(&journey).await.is_problem(400, "code-invalid");
    let forged = format!("{}/api/v1/auth/oauth/google/callback?code=x&state=y", setting("CARAVAN_DOOR"));
    let forged = Journey { cookie: "caravan-oauth=y".into(), back: forged };
    arrive(&forged).await.is_problem(400, "code-invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_not_set_up_says_so_and_an_unknown_one_is_not_found() {
    let visitor = Visitor::new();
    for provider in ["facebook", "linkedin"] {
        let path = format!("/auth/oauth/{provider}");
        visitor.get(&path).await.is_problem(501, "provider-not-configured");
    }
    visitor.get("/auth/oauth/nobody").await.is_problem(404, "not-found");
}
