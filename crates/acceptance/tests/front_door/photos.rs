//! A photo's story: a link to send it, a moment of checking, and it is shown or refused with a reason.

use acceptance::{Member, PIXEL, SOON, Visitor, eventually, upload};
use serde_json::{Value, json};

async fn profile(member: &Member, ready: impl Fn(&Value) -> bool) -> Value {
    let me = || async { Some(member.visitor.get("/users/me").await.json()).filter(|me| ready(me)) };
    eventually("the profile as it should be", SOON, me).await
}

async fn send_photo(member: &Member, file: &[u8]) {
    let new = json!({"content_type": "image/png", "size": file.len()});
    let link = member.visitor.post("/users/me/photo", &new).await.is(201).json();
    assert_eq!(link["method"], "PUT");
    upload(&link, file).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_is_checked_cut_and_shown_to_everybody() {
    let member = Member::join().await;
    let id = member.id_with_profile().await;
    let place = format!("/users/{id}/photo");
    Visitor::new().get(&place).await.is_problem(404, "not-found");
    send_photo(&member, PIXEL).await;
    let me = profile(&member, |me| me["photo_status"]["state"] == "ready").await;
    assert_eq!(me["photo"], format!("/api/v1{place}"));
    // The client follows the redirect to the file.
    let photo = Visitor::new().get(&place).await;
    assert_eq!(photo.is(200).header("content-type"), "image/jpeg");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_photo_is_refused_with_the_reason() {
    let member = Member::join().await;
    member.id_with_profile().await;
    for (kind, size) in [("image/svg+xml", 10), ("image/png", 6_000_000), ("image/png", 0)] {
        let new = json!({"content_type": kind, "size": size});
        member.visitor.post("/users/me/photo", &new).await.is_problem(400, "invalid-request");
    }
    send_photo(&member, b"#!/bin/sh\necho owned").await;
    let me = profile(&member, |me| me["photo_status"]["state"] == "refused").await;
    assert!(me["photo_status"]["reason"].is_string() && me["photo"].is_null());
    Visitor::new().post("/users/me/photo", &json!({})).await.is_problem(401, "not-signed-in");
}
