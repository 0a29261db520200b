//! The cost model of the worker endpoints: each takes as many AWS calls as its description says.

use kernel::Role;
use serde_json::{Value, json};
use testkit::{Call, Cloud, ISSUER, People, SignedIn, forever, in_environment};
use users_functions as functions;

use crate::common::costs;

/// What the stacks set for users' functions.
const SETTINGS: [(&str, &str); 5] = [
    ("TABLE_NAME", "caravan-local-users"),
    ("SESSIONS_TABLE_NAME", "caravan-local-sessions"),
    ("PUBLIC_URL", ISSUER),
    ("CURSOR_KEY", "the-cursor-key-of-the-tests-the-cursor-key-of-the-tests"),
    ("CONTEXT", "users"),
];

#[test]
fn each_worker_endpoint_takes_as_many_calls_as_it_says() {
    in_environment(each_worker_endpoint_takes_as_many_calls_as_it_says, &SETTINGS, story());
}

/// A worker's life in a few requests, each counted.
async fn story() {
    let cloud: &'static Cloud = forever(Cloud::open().await);
    let people = People::open(cloud).await;
    let users = users::Users { table: cloud.table("users").await };
    let (worker, staff) = (people.sign_in(&[Role::Worker]).await, people.sign_in(&[Role::Staff]).await);
    let mut profile = users::worker::Worker::new(worker.account.id);
    profile.active = true;
    let effect = store::Transaction::new().create(&users.table, &profile, kernel::Failure::internal("twice"));
    effect.unwrap().commit(&users.table).await.unwrap();

    let base = format!("/api/v1/workers/{}", worker.account.id);
    let id = worker.account.id.to_string();
    let call = |who: &SignedIn, method: &'static str, path: &str, entry: &str, body: Option<&Value>| {
        let call = Call::new(method, &format!("{base}{path}")).parameter("id", &id).bearer(&who.access_token);
        let name = if path.contains("skills") {
            "skill_id"
        } else if path.contains("cert") {
            "certificate_id"
        } else if path.contains("portfolio") {
            "item_id"
        } else {
            "entry_id"
        };
        let route = path.replace(entry, &format!("{{{name}}}"));
        let route = if entry.is_empty() { path.to_owned() } else { route };
        let call = call.route(&format!("/api/v1/workers/{{id}}{route}"));
        let call = if entry.is_empty() { call } else { call.parameter(name, entry) };
        body.map_or(call.clone(), |body| call.json(body))
    };
    macro_rules! costs {
        ($name:ident, $who:expr, $method:literal, $path:expr, $entry:expr, $body:expr, $status:literal) => {{
            // A request that fails after sign-in warms the environment and changes nothing.
            let warm = call($who, $method, $path, $entry, Some(&json!({"no": "such field"})));
            let warm = if $body.is_none() { warm.query("no=parameter") } else { warm };
            let calls = [warm, call($who, $method, $path, $entry, $body)];
            let answer = costs(cloud, functions::$name::endpoint(), calls).await;
            assert_eq!(answer.status, $status);
            answer
        }};
    }
    let none: Option<&Value> = None;

    let new = json!({"title": "Electrician", "profession": "Electrician", "location": {"city": "Accra"}});
    costs!(update_worker, &worker, "PUT", "", "", Some(&new), 200);
    costs!(get_worker, &staff, "GET", "", "", none, 200);
    costs!(get_worker_completeness, &worker, "GET", "/completeness", "", none, 200);
    costs!(get_availability, &worker, "GET", "/availability", "", none, 200);
    costs!(set_availability, &worker, "PUT", "/availability", "", Some(&json!({"status": "busy"})), 200);

    let skill = json!({"name": "Wiring", "level": "Expert"});
    let added = costs!(add_skill, &worker, "POST", "/skills", "", Some(&skill), 201).json();
    let entry = added["id"].as_str().unwrap();
    let path = format!("/skills/{entry}");
    costs!(list_skills, &worker, "GET", "/skills", "", none, 200);
    costs!(get_skill, &worker, "GET", &path, entry, none, 200);
    costs!(change_skill, &worker, "PUT", &path, entry, Some(&skill), 200);
    costs!(
        verify_skill,
        &staff,
        "POST",
        &format!("{path}/verify"),
        entry,
        Some(&json!({"verified": true})),
        200
    );
    costs!(replace_skills, &worker, "PUT", "/skills/bulk", "", Some(&json!({"skills": [skill]})), 200);
    costs!(remove_skill, &worker, "DELETE", &path, entry, none, 204);

    let certificate = json!({"name": "Electrician", "issuer": "Guild", "submit": true});
    let added = costs!(add_certificate, &worker, "POST", "/certificates", "", Some(&certificate), 201).json();
    let entry = added["id"].as_str().unwrap();
    let path = format!("/certificates/{entry}");
    costs!(list_certificates, &worker, "GET", "/certificates", "", none, 200);
    costs!(get_certificate, &worker, "GET", &path, entry, none, 200);
    costs!(change_certificate, &worker, "PUT", &path, entry, Some(&certificate), 200);
    let verdict = json!({"decision": "verified"});
    costs!(verify_certificate, &staff, "POST", &format!("{path}/verify"), entry, Some(&verdict), 200);
    let share = costs!(share_certificate, &worker, "PUT", &format!("{path}/share"), entry, none, 200).json();
    let token = share["token"].as_str().unwrap();
    let shared = || {
        let call =
            Call::get(&format!("/api/v1/workers/shared-certificates/{token}")).parameter("token", token);
        call.route("/api/v1/workers/shared-certificates/{token}")
    };
    costs(cloud, functions::get_shared_certificate::endpoint(), [shared(), shared()]).await;
    costs!(unshare_certificate, &worker, "DELETE", &format!("{path}/share"), entry, none, 204);
    costs!(remove_certificate, &worker, "DELETE", &path, entry, none, 204);

    let item = json!({"title": "A kitchen in Osu"});
    let added = costs!(add_portfolio_item, &worker, "POST", "/portfolio", "", Some(&item), 201).json();
    let entry = added["id"].as_str().unwrap();
    let path = format!("/portfolio/{entry}");
    costs!(list_portfolio, &worker, "GET", "/portfolio", "", none, 200);
    costs!(get_portfolio_item, &worker, "GET", &path, entry, none, 200);
    costs!(change_portfolio_item, &worker, "PUT", &path, entry, Some(&item), 200);
    costs!(remove_portfolio_item, &worker, "DELETE", &path, entry, none, 204);

    let job = json!({"title": "Foreman", "employer": "Guild", "started_on": "2011-01-01"});
    let added = costs!(add_work_history_entry, &worker, "POST", "/work-history", "", Some(&job), 201).json();
    let entry = added["id"].as_str().unwrap();
    let path = format!("/work-history/{entry}");
    costs!(list_work_history, &worker, "GET", "/work-history", "", none, 200);
    costs!(get_work_history_entry, &worker, "GET", &path, entry, none, 200);
    costs!(change_work_history_entry, &worker, "PUT", &path, entry, Some(&job), 200);
    costs!(remove_work_history_entry, &worker, "DELETE", &path, entry, none, 204);

    let search = || Call::get("/api/v1/workers").query("q=elec&sort=rating");
    let found = costs(cloud, functions::search_workers::endpoint(), [search(), search()]).await;
    assert_eq!(found.header("ratelimit-policy"), Some("\"search\";q=30;w=60"));
}
