//! Privacy's story: what others see, who is not heard, how one is told things, and a copy of everything.

use std::time::Duration;

use acceptance::{Answer, Member, SOON, Visitor, eventually, send};
use reqwest::Method;
use serde_json::{Value, json};

async fn call(visitor: &Visitor, method: Method, path: &str, body: &Value) -> Answer {
    send(visitor.request(method, &format!("/api/v1{path}")).json(body)).await
}

async fn id_of(member: &Member) -> String {
    let me = || async { Some(member.visitor.get("/users/me").await).filter(|it| it.status == 200) };
    eventually("the profile", SOON, me).await.field("id")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_profile_is_there_for_its_owner_only() {
    let (ada, eve) = (Member::join().await, Member::join().await);
    let path = format!("/users/{}", id_of(&ada).await);
    eve.visitor.get(&path).await.is(200);
    let private = json!({"visibility": "private"});
    call(&ada.visitor, Method::PUT, "/users/me/privacy", &private).await.is(200);
    eve.visitor.get(&path).await.is_problem(404, "not-found");
    ada.visitor.get(&path).await.is(200);
    let open = json!({"visibility": "public", "show_email": true});
    call(&ada.visitor, Method::PUT, "/users/me/privacy", &open).await.is(200);
    assert_eq!(eve.visitor.get(&path).await.is(200).field("email"), ada.email);
    let wrong = json!({"visibility": "secret"});
    call(&ada.visitor, Method::PUT, "/users/me/privacy", &wrong).await.is_problem(400, "invalid-request");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_blocked_does_not_find_the_one_who_blocked() {
    let (ada, eve) = (Member::join().await, Member::join().await);
    let (ada_id, eve_id) = (id_of(&ada).await, id_of(&eve).await);
    let (path, block) = (format!("/users/{ada_id}"), json!({"user_id": eve_id}));
    ada.visitor
        .post("/users/me/blocks", &json!({"user_id": ada_id}))
        .await
        .is_problem(400, "invalid-request");
    ada.visitor.post("/users/me/blocks", &block).await.is(201);
    ada.visitor.post("/users/me/blocks", &block).await.is_problem(409, "already-blocked");
    eve.visitor.get(&path).await.is_problem(404, "not-found");
    let blocks = ada.visitor.get("/users/me/blocks").await.is(200).json();
    assert_eq!(blocks["data"][0]["user_id"], json!(eve_id));
    let place = format!("/api/v1/users/me/blocks/{eve_id}");
    send(ada.visitor.request(Method::DELETE, &place)).await.is(204);
    send(ada.visitor.request(Method::DELETE, &place)).await.is_problem(404, "not-found");
    eve.visitor.get(&path).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn preferences_are_kept_whole_and_checked() {
    let ada = Member::join().await;
    id_of(&ada).await;
    let defaults = ada.visitor.get("/users/me/preferences").await.is(200).json();
    assert_eq!((&defaults["channels"]["email"], &defaults["timezone"]), (&json!(true), &json!("UTC")));
    let chosen = json!({
        "channels": {"sms": true}, "types": {"job.application": {"push": false}}, "language": "de-AT",
        "timezone": "Africa/Accra", "theme": "dark",
        "quiet_hours": {"enabled": true, "start": "22:00", "end": "06:30"},
    });
    call(&ada.visitor, Method::PUT, "/users/me/preferences", &chosen).await.is(200);
    let kept = ada.visitor.get("/users/me/preferences").await.is(200).json();
    assert_eq!((&kept["theme"], &kept["quiet_hours"]["end"]), (&json!("dark"), &json!("06:30")));
    let wrong = json!({"timezone": "Middle-earth/Shire", "types": {"x": {"fax": true}}});
    let refused = call(&ada.visitor, Method::PUT, "/users/me/preferences", &wrong).await;
    refused.is_problem(400, "invalid-request");
    assert_eq!(refused.json()["errors"].as_array().map(Vec::len), Some(2), "{}", refused.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_everything_is_made_once_a_day_and_is_its_owners() {
    let (ada, eve) = (Member::join().await, Member::join().await);
    id_of(&ada).await;
    id_of(&eve).await;
    let begun = send(ada.visitor.request(Method::POST, "/api/v1/users/me/export")).await;
    let place = begun.is(202).header("location").to_owned();
    let again = send(ada.visitor.request(Method::POST, "/api/v1/users/me/export")).await;
    assert_eq!(again.status, 409, "{}", again.text);
    let path = place.strip_prefix("/api/v1").unwrap().to_owned();
    eve.visitor.get(&path).await.is_problem(404, "not-found");
    let ready = || async { Some(ada.visitor.get(&path).await.json()).filter(|it| it["state"] == "ready") };
    let view = eventually("the export", Duration::from_secs(60), ready).await;
    assert_eq!(view["missing"], json!([]));
    let bundle = send(reqwest::Client::new().get(view["download_url"].as_str().unwrap())).await;
    assert!(bundle.is(200).text.starts_with("PK"));
}
