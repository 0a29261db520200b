//! A photo's story: a link to send it, a moment of checking, and it is shown or refused with a reason.

use acceptance::{Member, SOON, Visitor, eventually, send};
use serde_json::{Value, json};

/// A picture of one pixel.
const PIXEL: &[u8] = &[
    0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44, 0x52, 0x00,
    0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x02, 0x00, 0x00, 0x00, 0x90, 0x77, 0x53, 0xDE, 0x00,
    0x00, 0x00, 0x0C, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9C, 0x63, 0xF8, 0xCF, 0xC0, 0x00, 0x00, 0x03, 0x01,
    0x01, 0x00, 0xC9, 0xFE, 0x92, 0xEF, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60,
    0x82,
];

async fn profile(member: &Member, ready: impl Fn(&Value) -> bool) -> Value {
    let me = || async { Some(member.visitor.get("/users/me").await.json()).filter(|me| ready(me)) };
    eventually("the profile as it should be", SOON, me).await
}

async fn upload(member: &Member, file: &[u8]) {
    let new = json!({"content_type": "image/png", "size": file.len()});
    let link = member.visitor.post("/users/me/photo", &new).await.is(201).json();
    assert_eq!(link["method"], "PUT");
    let request = reqwest::Client::new().put(link["upload_url"].as_str().unwrap());
    let request = request.header("content-type", link["headers"]["content-type"].as_str().unwrap());
    let answer = send(request.body(file.to_vec())).await;
    assert!(answer.status.is_success(), "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_is_checked_cut_and_shown_to_everybody() {
    let member = Member::join().await;
    let id = profile(&member, |me| me["id"].is_string()).await["id"].as_str().unwrap().to_owned();
    let place = format!("/users/{id}/photo");
    Visitor::new().get(&place).await.is_problem(404, "not-found");
    upload(&member, PIXEL).await;
    let me = profile(&member, |me| me["photo_status"]["state"] == "ready").await;
    assert_eq!(me["photo"], format!("/api/v1{place}"));
    // The client follows the redirect to the file.
    let photo = Visitor::new().get(&place).await;
    assert_eq!(photo.is(200).header("content-type"), "image/jpeg");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_photo_is_refused_with_the_reason() {
    let member = Member::join().await;
    profile(&member, |me| me["id"].is_string()).await;
    for (kind, size) in [("image/svg+xml", 10), ("image/png", 6_000_000), ("image/png", 0)] {
        let new = json!({"content_type": kind, "size": size});
        member.visitor.post("/users/me/photo", &new).await.is_problem(400, "invalid-request");
    }
    upload(&member, b"#!/bin/sh\necho owned").await;
    let me = profile(&member, |me| me["photo_status"]["state"] == "refused").await;
    assert!(me["photo_status"]["reason"].is_string() && me["photo"].is_null());
    Visitor::new().post("/users/me/photo", &json!({})).await.is_problem(401, "not-signed-in");
}
