//! The story of a platform that grows: people get roles, and groups of them may more than others.

use acceptance::{Member, SOON, UNTIL_NOTICED, Visitor, eventually};
use serde_json::json;

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
    let id = ada.id().await;
    let path = format!("/users/{id}/role");
    let guide = json!({"roles": ["user", "guide"]});
    ada.visitor.patch(&path, &guide).await.is_problem(403, "forbidden");
    Visitor::new().patch(&path, &guide).await.is_problem(401, "not-signed-in");
    let answer = admin.visitor.patch(&path, &guide).await;
    assert_eq!(answer.is(200).json()["roles"], json!(["user", "guide"]));

    ada.loses_access().await;
    let me = refreshed(&ada).await.visitor.get("/auth/me").await;
    assert_eq!(me.is(200).json()["roles"], json!(["user", "guide"]));

    let own = format!("/users/{}/role", admin.id().await);
    let user = json!({"role": "user"});
    admin.visitor.patch(&own, &user).await.is_problem(400, "not-yourself");
    let stranger = "/users/01JD2QK8N4M5V6W7X8Y9ZABCDE/role";
    admin.visitor.patch(stranger, &user).await.is_problem(404, "not-found");
    admin.visitor.patch(&path, &json!({"roles": []})).await.is_problem(400, "invalid-request");
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

    let member = format!("/users/{}/group", ada.id().await);
    let into = json!({"group_id": treks_id});
    ada.visitor.patch(&member, &into).await.is_problem(403, "forbidden");
    admin.visitor.patch(&member, &into).await.is(200);
    let ada = refreshed(&ada).await;
    let may = async |permission: &str, expected: bool| {
        let asked = || async {
            let me = ada.visitor.get("/auth/me").await.is(200).json();
            let has = me["permissions"].as_array().is_some_and(|all| all.iter().any(|it| it == permission));
            (has == expected).then_some(me)
        };
        eventually(&format!("{permission}: {expected}"), UNTIL_NOTICED, asked).await
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
    let bobs = format!("/users/{}/group", bob.id().await);
    ada.visitor.patch(&bobs, &into).await.is(200);

    let members = admin.visitor.get(&format!("/groups/{treks_id}/users?limit=1")).await.is(200).json();
    assert_eq!(members["data"].as_array().map(Vec::len), Some(1));
    let cursor = members["meta"]["next_cursor"].as_str().expect("a second page").to_owned();
    let next = admin.visitor.get(&format!("/groups/{treks_id}/users?limit=1&cursor={cursor}")).await;
    assert_eq!(next.is(200).json()["data"][0]["email"], json!(bob.email));

    admin.visitor.delete(&format!("{permissions}/users")).await.is(204);
    may("users", false).await;
    admin.visitor.delete(&format!("/groups/{treks_id}")).await.is_problem(409, "group-in-use");
    admin.visitor.delete(&format!("/groups/{staff_id}")).await.is_problem(409, "group-in-use");
    for path in [&member, &bobs] {
        admin.visitor.patch(path, &json!({"group_id": null})).await.is(200);
    }
    admin.visitor.delete(&format!("/groups/{treks_id}")).await.is(204);
    admin.visitor.delete(&format!("/groups/{staff_id}")).await.is(204);
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
    admin.visitor.put(&path, &circle).await.is_problem(400, "invalid-request");
    let asleep = json!({"name": name("Asleep", &admin), "is_active": false});
    let changed = admin.visitor.put(&path, &asleep).await;
    assert_eq!(changed.is(200).json()["is_active"], false);
    assert_eq!(admin.visitor.get(&path).await.is(200).json()["settings"]["max_bookings_per_user"], 10);
    let into = json!({"group_id": top_id});
    let member = format!("/users/{}/group", admin.id().await);
    admin.visitor.patch(&member, &into).await.is_problem(400, "invalid-request");

    let listed = || async {
        let page = admin.visitor.get("/groups?limit=100").await.is(200).json();
        page["data"].as_array().is_some_and(|all| all.iter().any(|group| group["id"] == low_id)).then_some(())
    };
    eventually("the group in the list", SOON, listed).await;
    let usual = admin.visitor.get("/groups/permissions/admin").await.is(200).json();
    assert!(usual.as_array().is_some_and(|all| all.iter().any(|it| it["name"] == "users")));
    admin.visitor.get("/groups/permissions/nobody").await.is_problem(404, "not-found");
}
