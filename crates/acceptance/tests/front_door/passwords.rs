//! Passwords: forgotten, changed, proven again, and brought along from another system.

use acceptance::{
    Answer, Member, PASSWORD, SOON, Visitor, eventually, mail, mails_to, secret, somebody, token_from_mail,
    try_log_in,
};
use serde_json::{Value, json};

const ANOTHER: &str = "walrus-paints-the-shed-77";
const SUBJECT: &str = "Set a new Caravan password";

async fn link_token(email: &str) -> String {
    token_from_mail(email, SUBJECT, "password/reset").await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_forgot_the_password_sets_another_by_mail_once_and_is_signed_out_everywhere() {
    secret(ANOTHER);
    let (member, visitor) = (Member::join().await, Visitor::new());
    let known = visitor.post("/auth/password/forgot", &json!({"email": member.email})).await;
    let nobody = visitor.post("/auth/password/forgot", &json!({"email": somebody()["email"]})).await;
    assert_eq!(known.is(202).text, nobody.is(202).text);
    let token = link_token(&member.email).await;
    assert_eq!(mail(&member.email, SUBJECT).await.subject, SUBJECT);

    let page = visitor.get("/auth/password/reset").await;
    assert!(page.is(200).header("content-type").starts_with("text/html"));
    assert!(page.header("content-security-policy").contains("script-src 'sha256-"));

    let path = format!("/auth/password/reset/{token}");
    let weak = visitor.post(&path, &json!({"password": "password1"})).await;
    weak.is_problem(400, "invalid-request");
    let new = json!({"password": ANOTHER, "password_confirm": ANOTHER});
    let signed_in = Member::from(member.email.clone(), visitor.post(&path, &new).await.is(200));
    signed_in.visitor.get("/auth/me").await.is(200);
    visitor.post(&path, &new).await.is_problem(400, "code-invalid");
    visitor.patch(&path, &new).await.is_problem(400, "code-invalid");

    try_log_in(&member.email).await.is_problem(401, "wrong-credentials");
    visitor.post("/auth/login", &json!({"email": member.email, "password": ANOTHER})).await.is(200);
    let exchange = json!({"refresh_token": member.refresh_token});
    visitor.post("/auth/refresh", &exchange).await.is_problem(401, "refresh-token-invalid");
    member.loses_access().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_verifies_the_address_and_unlocks_the_account() {
    secret(ANOTHER);
    let (visitor, new) = (Visitor::new(), somebody());
    let email = new["email"].as_str().unwrap();
    visitor.post("/auth/register", &new).await.is(202);
    for _ in 0..5 {
        let guess = json!({"email": email, "password": "not-the-password-123"});
        visitor.post("/auth/login", &guess).await.is_problem(401, "wrong-credentials");
    }
    try_log_in(email).await.is_problem(423, "login-locked");
    visitor.post("/auth/password/forgot", &json!({"email": email})).await.is(202);
    let path = format!("/auth/password/reset/{}", link_token(email).await);
    let answer = visitor.patch(&path, &json!({"password": ANOTHER})).await;
    let member = Member::from(email.to_owned(), answer.is(200));
    assert_eq!(member.visitor.get("/auth/me").await.json()["email_verified"], true);
    visitor.post("/auth/login", &json!({"email": email, "password": ANOTHER})).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_links_only_the_newer_one_works() {
    secret(ANOTHER);
    let (member, visitor) = (Member::join().await, Visitor::new());
    let wish = json!({"email": member.email});
    visitor.post("/auth/password/forgot", &wish).await.is(202);
    let first = link_token(&member.email).await;
    visitor.post("/auth/password/forgot", &wish).await.is(202);
    let second = eventually("another link", SOON, || async {
        Some(link_token(&member.email).await).filter(|token| *token != first)
    })
    .await;
    let new = json!({"password": ANOTHER});
    let old = visitor.post(&format!("/auth/password/reset/{first}"), &new).await;
    old.is_problem(400, "code-invalid");
    visitor.post(&format!("/auth/password/reset/{second}"), &new).await.is(200);
    let sent = mails_to(&member.email).await.into_iter().filter(|mail| mail.subject == SUBJECT);
    assert_eq!(sent.count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_knows_the_password_changes_it_and_older_sessions_end() {
    secret(ANOTHER);
    let member = Member::join().await;
    let elsewhere = Member::log_in(&member.email).await;
    let wrong = json!({"current_password": "not-the-password-123", "password": ANOTHER});
    member.visitor.patch("/auth/password", &wrong).await.is_problem(403, "wrong-password");
    let weak = json!({"current_password": PASSWORD, "password": "password1"});
    member.visitor.patch("/auth/password", &weak).await.is_problem(400, "invalid-request");
    let change = json!({"current_password": PASSWORD, "password": ANOTHER, "password_confirm": ANOTHER});
    let answer = member.visitor.patch("/auth/password", &change).await;
    let anew = Member::from(member.email.clone(), answer.is(200));
    anew.visitor.get("/auth/me").await.is(200);
    for old in [&member, &elsewhere] {
        let exchange = json!({"refresh_token": old.refresh_token});
        Visitor::new().post("/auth/refresh", &exchange).await.is_problem(401, "refresh-token-invalid");
    }
    let login = json!({"email": member.email, "password": ANOTHER});
    Visitor::new().post("/auth/login", &login).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_signed_in_proves_it_again_and_five_wrong_passwords_lock() {
    let member = Member::join().await;
    let answer = member.visitor.post("/auth/confirm", &json!({"password": PASSWORD})).await;
    let fresh = Member::from(member.email.clone(), answer.is(200));
    fresh.visitor.get("/auth/me").await.is(200);
    for _ in 0..5 {
        let wrong = json!({"password": "not-the-password-123"});
        member.visitor.post("/auth/confirm", &wrong).await.is_problem(403, "wrong-password");
    }
    let right = json!({"password": PASSWORD});
    member.visitor.post("/auth/confirm", &right).await.is_problem(423, "login-locked");
    try_log_in(&member.email).await.is_problem(423, "login-locked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_looked_at_and_a_bad_one_is_an_answer() {
    let (member, admin) = (Member::join().await, Member::admin().await);
    let good = admin.visitor.post("/auth/validate", &json!({"token": member.access_token})).await;
    assert_eq!(good.is(200).json()["active"], true);
    assert_eq!(good.json()["roles"], json!(["user"]));
    assert_eq!(good.json()["sub"], member.id().await);
    assert!(good.json()["exp"].is_i64());
    for bad in ["nonsense", &member.refresh_token] {
        let answer = member.visitor.post("/auth/validate", &json!({"token": bad})).await;
        assert_eq!(answer.is(200).json(), json!({"active": false}));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn imported_people_log_in_with_the_password_they_had() {
    // Of the password of everybody here, made by libxcrypt.
    let hash = "$2y$05$abcdefghijklmnopqrstuu8f8J8hQNDFNcVbs9jxTZ.Bk9N50.lbO";
    let (admin, visitor) = (Member::admin().await, Visitor::new());
    let email = somebody()["email"].clone();
    let account = |more: Value| {
        let mut account = json!({
            "email": email, "given_name": "Grace", "family_name": "Hopper", "roles": ["worker"],
            "verified": true,
        });
        for (name, value) in more.as_object().unwrap() {
            account[name] = value.clone();
        }
        account
    };
    let import = json!({"accounts": [
        account(json!({"password_hash": hash, "created_at": "2020-02-29T12:00:00Z"})),
        account(json!({})),
        account(json!({"email": somebody()["email"], "password": PASSWORD})),
    ]});
    let answer = admin.visitor.post("/admin/users/import", &import).await;
    let outcomes = |answer: &Answer| {
        let rows = answer.json()["accounts"].as_array().cloned().unwrap_or_default();
        rows.iter().map(|row| row["outcome"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(outcomes(answer.is(200)), ["created", "exists", "invalid"]);
    assert!(!answer.text.contains(PASSWORD));
    let again = admin.visitor.post("/admin/users/import", &import).await;
    assert_eq!(outcomes(again.is(200)), ["exists", "exists", "invalid"]);
    let grace = Member::log_in(email.as_str().unwrap()).await;
    assert_eq!(grace.visitor.get("/auth/me").await.json()["roles"], json!(["worker"]));
    Member::log_in(email.as_str().unwrap()).await;
    let stranger = Member::join().await;
    stranger.visitor.post("/admin/users/import", &import).await.is_problem(403, "forbidden");
    visitor.post("/admin/users/import", &import).await.is_problem(401, "not-signed-in");
}
