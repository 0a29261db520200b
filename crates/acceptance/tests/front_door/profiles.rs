//! People's story: a profile comes by itself, is changed, found and hidden, and goes.

use acceptance::{Member, SOON, Visitor, eventually, send, try_log_in};
use reqwest::Method;
use serde_json::{Value, json};

/// Somebody whom a search for that name finds and nobody else.
async fn called(name: &str) -> (Member, String) {
    let member = Member::join().await;
    let id = member.id_with_profile().await;
    let change = json!({"given_name": name, "family_name": "Testperson"});
    member.visitor.patch("/users/me", &change).await.is(200);
    (member, id)
}

fn unique(name: &str) -> String {
    format!("{name}{}", kernel::id::Ulid::generate().to_string().to_lowercase())
}

async fn finds(visitor: &Visitor, q: &str) -> usize {
    let page = visitor.get(&format!("/users?q={q}")).await;
    page.is(200).json()["data"].as_array().map_or(0, Vec::len)
}

async fn found(visitor: &Visitor, q: &str, count: usize) {
    let right = || async { (finds(visitor, q).await == count).then_some(()) };
    eventually(&format!("{count} people called {q}"), SOON, right).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_comes_with_the_account_and_is_its_owners_to_change() {
    let member = Member::join().await;
    let me = member.visitor.get("/users/me").await;
    assert!([200, 202].contains(&me.status.as_u16()), "{}", me.text);
    member.id_with_profile().await;
    // That the address is verified travels by event, as the profile does.
    let verified = || async {
        let me = member.visitor.get("/users/me").await.is(200).json();
        (me["is_verified"] == true).then_some(me)
    };
    let me = eventually("a verified profile", SOON, verified).await;
    assert_eq!(me["email"], json!(member.email));
    for secret in ["password", "password_hash", "token_version"] {
        assert_eq!(me[secret], Value::Null);
    }
    let change = json!({"bio": "Two\nlines", "phone": "+49 151 123456", "date_of_birth": "1990-12-31"});
    let changed = member.visitor.patch("/users/me", &change).await.is(200).json();
    assert_eq!((&changed["phone"], &changed["phone_verified"]), (&json!("+49151123456"), &json!(false)));
    let cleared = member.visitor.patch("/users/me", &json!({"bio": null})).await;
    assert_eq!(cleared.is(200).json()["bio"], Value::Null);

    for field in ["password", "roles", "is_active"] {
        let refused = member.visitor.patch("/users/me", &json!({field: "x"})).await;
        refused.is_problem(400, "invalid-request");
        assert_eq!(refused.json()["errors"][0]["pointer"], format!("/{field}"));
    }
    Visitor::new().get("/users/me").await.is_problem(401, "not-signed-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_sees_a_card_and_changes_nothing() {
    let ((ada, id), eve) = (called("Ada").await, Member::join().await);
    let card = eve.visitor.get(&format!("/users/{id}")).await.is(200).json();
    assert_eq!(card["display_name"], "Ada Testperson");
    assert_eq!((&card["email"], &card["preferences"]), (&Value::Null, &Value::Null));
    let path = format!("/users/{id}");
    eve.visitor.patch(&path, &json!({"bio": "owned"})).await.is_problem(403, "forbidden");
    eve.visitor.delete(&path).await.is_problem(403, "forbidden");
    eve.visitor.bare(Method::PATCH, &format!("{path}/deactivate")).await.is_problem(403, "forbidden");
    eve.visitor.get("/users/stats").await.is_problem(403, "forbidden");
    eve.visitor.get("/users?role=worker").await.is_problem(403, "forbidden");
    eve.visitor.get("/users").await.is_problem(400, "invalid-request");
    eve.visitor.get("/users/01JD2QK8N4M5V6W7X8Y9ZABCDE").await.is_problem(404, "not-found");
    ada.visitor.get(&path).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_finds_shuts_out_lets_in_and_deletes() {
    let (admin, name) = (Member::admin().await, unique("zed"));
    let (ada, id) = called(&name).await;
    let admin_id = admin.id_with_profile().await;
    found(&admin.visitor, &name, 1).await;
    let page = admin.visitor.get(&format!("/users?search={}", ada.email.replace('+', "%2B"))).await;
    assert_eq!(page.is(200).json()["data"][0]["administration"]["email"], json!(ada.email));
    admin.visitor.get("/users?role=user&is_active=true&limit=5").await.is(200);
    let stats = admin.visitor.get("/users/stats").await.is(200).json();
    assert!(stats["total"].as_i64() >= Some(2) && stats["by_role"]["admin"].as_i64() >= Some(1), "{stats}");

    for own in [format!("/users/{admin_id}/deactivate"), format!("/users/{admin_id}/activate")] {
        admin.visitor.bare(Method::PATCH, &own).await.is_problem(400, "not-yourself");
    }
    let shut = admin.visitor.bare(Method::PATCH, &format!("/users/{id}/deactivate")).await;
    assert_eq!(shut.is(200).json()["is_active"], false);
    let refused = || async { Some(ada.visitor.get("/users/me").await).filter(|it| it.status == 401) };
    eventually("the end of the session", SOON * 2, refused).await;
    admin.visitor.bare(Method::PATCH, &format!("/users/{id}/activate")).await.is(200);
    let path = format!("/users/{id}");
    let open = || async { Some(admin.visitor.get(&path).await).filter(|it| it.json()["is_active"] == true) };
    eventually("the account's return", SOON, open).await;

    admin.visitor.delete(&path).await.is(204);
    admin.visitor.get(&path).await.is_problem(404, "not-found");
    admin.visitor.delete(&path).await.is_problem(404, "not-found");
    found(&admin.visitor, &name, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_is_gone_at_once() {
    let (ada, id) = called(&unique("gone")).await;
    let eve = Member::join().await;
    let leave = |word: &str| {
        let request = ada.visitor.request(Method::DELETE, "/api/v1/users/me");
        send(request.json(&json!({"confirmation": word})))
    };
    leave("delete").await.is_problem(400, "invalid-request");
    leave("DELETE").await.is(204);
    eve.visitor.get(&format!("/users/{id}")).await.is_problem(404, "not-found");
    let gone = || async { Some(ada.visitor.get("/users/me").await).filter(|it| it.status == 401) };
    eventually("the end of the session", SOON * 2, gone).await;
    assert_ne!(try_log_in(&ada.email).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_have_one_default_for_each_type() {
    let member = Member::join().await;
    member.id_with_profile().await;
    let address = |kind: &str, is_default: bool| {
        json!({"type": kind, "given_name": "Ada", "family_name": "Lovelace", "address1": "1 Durbar Marg",
            "city": "Kathmandu", "country": "NP", "postal_code": "44600", "is_default": is_default})
    };
    let visitor = &member.visitor;
    let first = visitor.post("/users/me/addresses", &address("SHIPPING", false)).await;
    assert_eq!(first.is(201).json()["is_default"], true);
    let second = visitor.post("/users/me/addresses", &address("SHIPPING", true)).await;
    let (body, place) = (second.is(201).json(), second.place());
    assert_eq!(body["is_default"], true);
    let list = visitor.get("/users/me/addresses").await.is(200).json();
    let defaults = list["data"].as_array().unwrap().iter().filter(|it| it["is_default"] == true).count();
    assert_eq!(defaults, 1);
    let changed = visitor.patch(place, &json!({"city": "Pokhara"})).await;
    assert_eq!(changed.is(200).json()["city"], "Pokhara");
    let eve = Member::join().await;
    eve.id_with_profile().await;
    eve.visitor.delete(place).await.is_problem(404, "not-found");
    visitor.delete(place).await.is(204);
    let left = visitor.get("/users/me/addresses").await.is(200).json();
    assert_eq!((left["data"].as_array().unwrap().len(), &left["data"][0]["is_default"]), (1, &json!(true)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_is_listed_once_and_log_ins_are_remembered() {
    let member = Member::join().await;
    member.id_with_profile().await;
    let (visitor, wish) = (&member.visitor, json!({"kind": "trek", "target_id": "everest-base-camp"}));
    visitor.post("/users/me/wishlist", &wish).await.is(201);
    visitor.post("/users/me/wishlist", &wish).await.is_problem(409, "already-listed");
    let list = visitor.get("/users/me/wishlist?kind=trek").await.is(200).json();
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    visitor.delete("/users/me/wishlist/trek/everest-base-camp").await.is(204);
    visitor.delete("/users/me/wishlist/trek/everest-base-camp").await.is_problem(404, "not-found");

    Member::log_in(&member.email).await;
    let remembered = || async {
        let activity = visitor.get("/users/me/activity").await.json();
        activity["log_ins"].as_array().is_some_and(|all| !all.is_empty()).then_some(())
    };
    eventually("the log-in in the activity", SOON, remembered).await;
}
