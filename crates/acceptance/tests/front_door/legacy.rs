//! Clients of earlier systems keep their paths.

use acceptance::{Member, PASSWORD, Visitor, code_from_mail, send, somebody};
use reqwest::Method;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_member_signs_up_in_and_out_by_the_paths_of_earlier_systems() {
    let (visitor, new) = (Visitor::new(), somebody());
    let email = new["email"].as_str().unwrap();
    visitor.post("/users/signup", &new).await.is(202);
    let proof = json!({"email": email, "code": code_from_mail(email).await});
    let post = |path: &str| visitor.request(Method::POST, path);
    send(post("/api/auth/verify-email").json(&proof)).await.is(200);
    let credentials = json!({"email": email, "password": PASSWORD});
    let tokens = visitor.post("/users/login", &credentials).await;
    let member = Member::from(email.to_owned(), tokens.is(200));
    let me = send(member.visitor.request(Method::GET, "/api/auth/me")).await;
    assert_eq!(me.is(200).field("email"), email);
    send(post("/api/auth/login").json(&credentials)).await.is(200);
    visitor.post("/users/forgotPassword", &json!({"email": email})).await.is(202);
    // By POST: a link must not sign anybody out.
    member.visitor.get("/users/logout").await.is(404);
    member.visitor.post("/users/logout", &json!({})).await.is(204);
}
