//! The story of a platform that grows: people get roles, and groups of them may more than others.

use std::time::Duration;

use acceptance::{Answer, Member, SOON, Visitor, eventually, send};
use reqwest::Method;
use serde_json::{Value, json};

/// How long a function may believe what it read before.
const BELIEVED: Duration = Duration::from_secs(40);

async fn change(visitor: &Visitor, method: Method, path: &str, body: &Value) -> Answer {
    send(visitor.request(method, &format!("/api/v1{path}")).json(body)).await
}

async fn delete(visitor: &Visitor, path: &str) -> Answer {
    send(visitor.request(Method::DELETE, &format!("/api/v1{path}"))).await
}

async fn id_of(member: &Member) -> String {
    member.visitor.get("/auth/me").await.is(200).field("id")
}

/// The same member with the tokens of now.
async fn refreshed(member: &Member) -> Member {
    let exchange = json!({"refresh_token": member.refresh_token});
    Member::from(member.email.clone(), Visitor::new().post("/auth/refresh", &exchange).await.is(200))
}

fn name(what: &str, member: &Member) -> String {
    format!("{what} {}", &member.email[20..30])
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_gives_a_role_and_the_old_tokens_are_worthless() {
    let (admin, ada) = tokio::join!(Member::admin(), Member::join());
    let id = id_of(&ada).await;
    let path = format!("/users/{id}/role");
    let guide = json!({"roles": ["user", "guide"]});
    change(&ada.visitor, Method::PATCH, &path, &guide).await.is_problem(403, "forbidden");
    change(&Visitor::new(), Method::PATCH, &path, &guide).await.is_problem(401, "not-signed-in");
    let answer = change(&admin.visitor, Method::PATCH, &path, &guide).await;
    assert_eq!(answer.is(200).json()["roles"], json!(["user", "guide"]));

    let refused = || async { Some(ada.visitor.get("/auth/me").await).filter(|answer| answer.status == 401) };
    eventually("the end of the old token", BELIEVED, refused).await.is_problem(401, "not-signed-in");
    let me = refreshed(&ada).await.visitor.get("/auth/me").await;
    assert_eq!(me.is(200).json()["roles"], json!(["user", "guide"]));

    let own = format!("/users/{}/role", id_of(&admin).await);
    let user = json!({"role": "user"});
    change(&admin.visitor, Method::PATCH, &own, &user).await.is_problem(400, "not-yourself");
    let stranger = "/users/01JD2QK8N4M5V6W7X8Y9ZABCDE/role";
    change(&admin.visitor, Method::PATCH, stranger, &user).await.is_problem(404, "not-found");
    change(&admin.visitor, Method::PATCH, &path, &json!({"roles": []}))
        .await
        .is_problem(400, "invalid-request");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_group_allows_holds_for_its_members_soon_and_ends_as_soon() {
    let (admin, ada) = tokio::join!(Member::admin(), Member::join());
    let staff = json!({"name": name("Staff", &ada), "description": "Who works here"});
    let created = admin.visitor.post("/groups", &staff).await;
    let staff_id = created.is(201).field("id");
    assert_eq!(created.header("location"), format!("/api/v1/groups/{staff_id}"));
    admin.visitor.post("/groups", &staff).await.is_problem(409, "group-name-taken");
    let treks = json!({"name": name("Treks", &ada), "parent_group": staff_id, "settings": {"can_manage_treks": true}});
    let treks_id = admin.visitor.post("/groups", &treks).await.is(201).field("id");
    ada.visitor.post("/groups", &staff).await.is_problem(403, "forbidden");

    let member = format!("/users/{}/group", id_of(&ada).await);
    let into = json!({"group_id": treks_id});
    change(&ada.visitor, Method::PATCH, &member, &into).await.is_problem(403, "forbidden");
    change(&admin.visitor, Method::PATCH, &member, &into).await.is(200);
    let ada = refreshed(&ada).await;
    let may = async |permission: &str, expected: bool| {
        let asked = || async {
            let me = ada.visitor.get("/auth/me").await.is(200).json();
            let has = me["permissions"].as_array().is_some_and(|all| all.iter().any(|it| it == permission));
            (has == expected).then_some(me)
        };
        eventually(&format!("{permission}: {expected}"), BELIEVED, asked).await
    };
    assert_eq!(may("manageTreks", true).await["group_id"], treks_id);

    let permissions = format!("/groups/{staff_id}/permissions");
    let users = json!({"category": "system", "name": "users"});
    admin.visitor.post(&permissions, &users).await.is(200);
    admin.visitor.post(&permissions, &users).await.is_problem(409, "permission-present");
    let odd = json!({"category": "stats", "name": "users"});
    admin.visitor.post(&permissions, &odd).await.is_problem(400, "invalid-request");
    may("users", true).await;
    // Now Ada may put people into groups, but hand out no more than she has.
    let bob = Member::join().await;
    let bobs = format!("/users/{}/group", id_of(&bob).await);
    change(&ada.visitor, Method::PATCH, &bobs, &into).await.is(200);

    let members = admin.visitor.get(&format!("/groups/{treks_id}/users?limit=1")).await.is(200).json();
    assert_eq!(members["data"].as_array().map(Vec::len), Some(1));
    let cursor = members["meta"]["next_cursor"].as_str().expect("a second page").to_owned();
    let next = admin.visitor.get(&format!("/groups/{treks_id}/users?limit=1&cursor={cursor}")).await;
    assert_eq!(next.is(200).json()["data"][0]["email"], json!(bob.email));

    delete(&admin.visitor, &format!("{permissions}/users")).await.is(204);
    may("users", false).await;
    delete(&admin.visitor, &format!("/groups/{treks_id}")).await.is_problem(409, "group-in-use");
    delete(&admin.visitor, &format!("/groups/{staff_id}")).await.is_problem(409, "group-in-use");
    for path in [&member, &bobs] {
        change(&admin.visitor, Method::PATCH, path, &json!({"group_id": null})).await.is(200);
    }
    delete(&admin.visitor, &format!("/groups/{treks_id}")).await.is(204);
    delete(&admin.visitor, &format!("/groups/{staff_id}")).await.is(204);
    admin.visitor.get(&format!("/groups/{staff_id}")).await.is_problem(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_changed_as_a_whole_and_never_into_a_circle() {
    let admin = Member::admin().await;
    let top = json!({"name": name("Top", &admin)});
    let top_id = admin.visitor.post("/groups", &top).await.is(201).field("id");
    let low = json!({"name": name("Low", &admin), "parent_group": top_id});
    let low_id = admin.visitor.post("/groups", &low).await.is(201).field("id");
    let circle = json!({"name": name("Top", &admin), "parent_group": low_id});
    let path = format!("/groups/{top_id}");
    change(&admin.visitor, Method::PUT, &path, &circle).await.is_problem(400, "invalid-request");
    let asleep = json!({"name": name("Asleep", &admin), "is_active": false});
    let changed = change(&admin.visitor, Method::PUT, &path, &asleep).await;
    assert_eq!(changed.is(200).json()["is_active"], false);
    assert_eq!(admin.visitor.get(&path).await.is(200).json()["settings"]["max_bookings_per_user"], 10);
    let into = json!({"group_id": top_id});
    let member = format!("/users/{}/group", id_of(&admin).await);
    change(&admin.visitor, Method::PATCH, &member, &into).await.is_problem(400, "invalid-request");

    let listed = || async {
        let page = admin.visitor.get("/groups?limit=100").await.is(200).json();
        page["data"].as_array().is_some_and(|all| all.iter().any(|group| group["id"] == low_id)).then_some(())
    };
    eventually("the group in the list", SOON, listed).await;
    let usual = admin.visitor.get("/groups/permissions/admin").await.is(200).json();
    assert!(usual.as_array().is_some_and(|all| all.iter().any(|it| it["name"] == "users")));
    admin.visitor.get("/groups/permissions/nobody").await.is_problem(404, "not-found");
}
