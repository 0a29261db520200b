//! Privacy's story: what others see, who is not heard, how one is told things, and a copy of everything.

use std::time::Duration;

use acceptance::{Member, download, eventually};
use reqwest::Method;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_private_profile_is_there_for_its_owner_only() {
    let (ada, eve) = (Member::join().await, Member::join().await);
    let path = format!("/users/{}", ada.id_with_profile().await);
    eve.visitor.get(&path).await.is(200);
    let private = json!({"visibility": "private"});
    ada.visitor.put("/users/me/privacy", &private).await.is(200);
    eve.visitor.get(&path).await.is_problem(404, "not-found");
    ada.visitor.get(&path).await.is(200);
    let open = json!({"visibility": "public", "show_email": true});
    ada.visitor.put("/users/me/privacy", &open).await.is(200);
    assert_eq!(eve.visitor.get(&path).await.is(200).field("email"), ada.email);
    let wrong = json!({"visibility": "secret"});
    ada.visitor.put("/users/me/privacy", &wrong).await.is_problem(400, "invalid-request");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_blocked_does_not_find_the_one_who_blocked() {
    let (ada, eve) = (Member::join().await, Member::join().await);
    let (ada_id, eve_id) = (ada.id_with_profile().await, eve.id_with_profile().await);
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
    let place = format!("/users/me/blocks/{eve_id}");
    ada.visitor.delete(&place).await.is(204);
    ada.visitor.delete(&place).await.is_problem(404, "not-found");
    eve.visitor.get(&path).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn preferences_are_kept_whole_and_checked() {
    let ada = Member::join().await;
    ada.id_with_profile().await;
    let defaults = ada.visitor.get("/users/me/preferences").await.is(200).json();
    assert_eq!((&defaults["channels"]["email"], &defaults["timezone"]), (&json!(true), &json!("UTC")));
    let chosen = json!({
        "channels": {"sms": true}, "types": {"job.application": {"push": false}}, "language": "de-AT",
        "timezone": "Africa/Accra", "theme": "dark",
        "quiet_hours": {"enabled": true, "start": "22:00", "end": "06:30"},
    });
    ada.visitor.put("/users/me/preferences", &chosen).await.is(200);
    let kept = ada.visitor.get("/users/me/preferences").await.is(200).json();
    assert_eq!((&kept["theme"], &kept["quiet_hours"]["end"]), (&json!("dark"), &json!("06:30")));
    let wrong = json!({"timezone": "Middle-earth/Shire", "types": {"x": {"fax": true}}});
    let refused = ada.visitor.put("/users/me/preferences", &wrong).await;
    refused.is_problem(400, "invalid-request");
    assert_eq!(refused.json()["errors"].as_array().map(Vec::len), Some(2), "{}", refused.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_everything_is_made_once_a_day_and_is_its_owners() {
    let (ada, eve) = (Member::join().await, Member::join().await);
    ada.id_with_profile().await;
    eve.id_with_profile().await;
    let begun = ada.visitor.bare(Method::POST, "/users/me/export").await;
    let path = begun.is(202).place();
    let again = ada.visitor.bare(Method::POST, "/users/me/export").await;
    assert_eq!(again.status, 409, "{}", again.text);
    eve.visitor.get(path).await.is_problem(404, "not-found");
    let ready = || async { Some(ada.visitor.get(path).await.json()).filter(|it| it["state"] == "ready") };
    let view = eventually("the export", Duration::from_secs(60), ready).await;
    assert_eq!(view["missing"], json!([]));
    assert!(download(view["download_url"].as_str().unwrap()).await.starts_with(b"PK"));
}
