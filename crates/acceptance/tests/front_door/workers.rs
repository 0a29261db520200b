//! A worker's story: register, fill the profile, be found, be checked by staff, and be nobody else's to change.

use acceptance::{Member, SOON, Visitor, eventually, secret, send};
use kernel::id::Ulid;
use reqwest::Method;
use serde_json::{Value, json};

/// A town that no other test looks into.
fn town() -> String {
    format!("Tésté {}", Ulid::generate())
}

fn profile(city: &str, lat: f64) -> Value {
    json!({
        "title": "Électricien for old houses",
        "profession": "Electrician",
        "rate": {"hourly": 4500, "currency": "GHS"},
        "location": {"city": city, "geo": {"lat": lat, "lng": 179.99}},
        "work_types": ["daily"],
    })
}

/// The ids that a query finds, once it finds so many.
async fn found(query: &str, count: usize) -> Vec<String> {
    eventually(&format!("{count} workers for {query}"), SOON, || async {
        let answer = Visitor::new().get(&format!("/workers?{query}")).await;
        let page = answer.is(200).json();
        let ids = page["data"].as_array()?.iter().map(|it| it["id"].as_str().unwrap_or_default().to_owned());
        Some(ids.collect::<Vec<_>>()).filter(|ids| ids.len() == count)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_fills_the_profile_and_is_found_by_words_place_and_in_order() {
    let city = town();
    let place = city.replace('é', "e").replace(' ', "%20").to_lowercase();
    let (one, first) = Member::worker().await;
    let (other, second) = Member::worker().await;
    let answer = one.visitor.put(&format!("/workers/{first}"), &profile(&city, 12.34)).await;
    assert_eq!(answer.is(200).json()["rate"]["hourly"], 4500);
    let mut cheaper = profile(&city, 12.5);
    cheaper["rate"] = json!({"hourly": 2000, "currency": "GHS"});
    other.visitor.put(&format!("/workers/{second}"), &cheaper).await.is(200);

    assert_eq!(
        found(&format!("city={place}&trade=electrician&sort=newest"), 2).await,
        [second.clone(), first.clone()]
    );
    assert_eq!(found(&format!("city={place}&q=elec&sort=rate"), 2).await, [second.clone(), first.clone()]);
    found(&format!("city={place}&q=%C3%89lectricien"), 2).await;
    found(&format!("city={place}&q=electrical"), 0).await;
    // Across the date line, the nearest first.
    let near = format!("lat=12.3&lng=-179.99&city={place}");
    assert_eq!(found(&near, 2).await, [first.clone(), second.clone()]);
    assert_eq!(found(&format!("{near}&radius=10"), 1).await, std::slice::from_ref(&first));

    // One page leads to the next, and its cursor belongs to its query.
    let path = format!("/workers?city={place}&sort=rate&limit=1");
    let page = Visitor::new().get(&path).await.is(200).json();
    let cursor = page["meta"]["next_cursor"].as_str().unwrap().to_owned();
    let page = Visitor::new().get(&format!("{path}&cursor={cursor}")).await.is(200).json();
    assert_eq!(
        (page["data"][0]["id"].as_str(), &page["meta"]["next_cursor"]),
        (Some(first.as_str()), &Value::Null)
    );
    let path = format!("/workers?city={place}&limit=1&cursor={cursor}");
    Visitor::new().get(&path).await.is_problem(400, "invalid-request");

    // Who does not want to be found is not.
    cheaper["listed"] = json!(false);
    other.visitor.put(&format!("/workers/{second}"), &cheaper).await.is(200);
    assert_eq!(found(&format!("city={place}"), 1).await, [first]);
    Visitor::new().get(&format!("/workers/{second}")).await.is_problem(404, "not-found");
    other.visitor.get(&format!("/workers/{second}")).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_is_nobody_elses_to_change() {
    let (member, id) = Member::worker().await;
    let (stranger, _) = Member::worker().await;
    let base = format!("/workers/{id}");
    let skill = json!({"name": "Wiring", "level": "Expert", "years": 9});
    let added = member.visitor.post(&format!("{base}/skills"), &skill).await;
    let one = format!("{base}/skills/{}", added.is(201).field("id"));
    assert!(added.header("location").ends_with(&one));
    let work = json!({"title": "A kitchen in Osu"});
    let job = json!({"title": "Foreman", "employer": "Guild", "started_on": "2011-01-01"});
    member.visitor.post(&format!("{base}/portfolio"), &work).await.is(201);
    member.visitor.post(&format!("{base}/work-history"), &job).await.is(201);

    let visitor = &stranger.visitor;
    visitor.put(&base, &json!({"title": "Mine"})).await.is_problem(403, "forbidden");
    visitor.put(&one, &skill).await.is_problem(403, "forbidden");
    visitor.put(&format!("{base}/skills/bulk"), &json!({"skills": []})).await.is_problem(403, "forbidden");
    visitor
        .put(&format!("{base}/availability"), &json!({"status": "busy"}))
        .await
        .is_problem(403, "forbidden");
    visitor.delete(&one).await.is_problem(403, "forbidden");
    for (path, body) in [("skills", &skill), ("portfolio", &work), ("work-history", &job)] {
        visitor.post(&format!("{base}/{path}"), body).await.is_problem(403, "forbidden");
        Visitor::new().post(&format!("{base}/{path}"), body).await.is_problem(401, "not-signed-in");
        let listed = Visitor::new().get(&format!("{base}/{path}")).await.is(200).json();
        assert_eq!(listed["data"].as_array().map(Vec::len), Some(1), "{path}");
    }
    visitor.get(&format!("{base}/completeness")).await.is_problem(403, "forbidden");
    let own = member.visitor.get(&format!("{base}/completeness")).await;
    assert_eq!(own.is(200).json()["score"], 25);

    member.visitor.put(&format!("{base}/availability"), &json!({"status": "vacation"})).await.is(200);
    assert_eq!(Visitor::new().get(&format!("{base}/availability")).await.is(200).field("status"), "vacation");
    member.visitor.delete(&one).await.is(204);
    Visitor::new().get(&one).await.is_problem(404, "not-found");
    // The same request again is answered once more and done once.
    let again = || {
        member.visitor.request(Method::POST, &format!("/api/v1{base}/skills")).header("idempotency-key", "k")
    };
    let (first, second) = (send(again().json(&skill)).await, send(again().json(&skill)).await);
    assert_eq!(first.is(201).text, second.is(201).text);
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_checks_a_certificate_and_the_directory_says_so() {
    let city = town();
    let (member, id) = Member::worker().await;
    let staff = Member::admin().await;
    member.visitor.put(&format!("/workers/{id}"), &profile(&city, 5.6)).await.is(200);
    let path = format!("/workers/{id}/certificates");
    let new = json!({"name": "Certified electrician", "issuer": "The guild", "expires_on": "2199-12-31", "submit": true});
    let certificate = member.visitor.post(&path, &new).await.is(201).field("id");
    let one = format!("{path}/{certificate}");
    Visitor::new().get(&one).await.is_problem(404, "not-found");
    let verdict = json!({"decision": "verified"});
    member.visitor.post(&format!("{one}/verify"), &verdict).await.is_problem(403, "forbidden");
    assert_eq!(
        staff.visitor.post(&format!("{one}/verify"), &verdict).await.is(200).field("status"),
        "verified"
    );
    assert_eq!(Visitor::new().get(&one).await.is(200).field("status"), "verified");
    let again = staff.visitor.post(&format!("{one}/verify"), &verdict).await;
    again.is_problem(409, "certificate-not-pending");
    let place = city.replace('é', "e").replace(' ', "%20");
    assert_eq!(found(&format!("city={place}&verified=true"), 1).await, [id]);

    let share = member.visitor.bare(Method::PUT, &format!("{one}/share")).await;
    let token = share.is(200).field("token");
    secret(&token);
    let shared = format!("/workers/shared-certificates/{token}");
    assert_eq!(Visitor::new().get(&shared).await.is(200).field("id"), certificate);
    member.visitor.delete(&format!("{one}/share")).await.is(204);
    Visitor::new().get(&shared).await.is_problem(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_looks_at_a_worker_counts_once_a_day() {
    let (member, id) = Member::worker().await;
    let path = format!("/workers/{id}");
    let before = member.visitor.get(&path).await.is(200).json()["profile_views"].as_u64();
    let viewer = Member::join().await;
    for _ in 0..2 {
        viewer.visitor.get(&path).await.is(200);
    }
    let after = member.visitor.get(&path).await.is(200).json()["profile_views"].as_u64();
    assert_eq!(after, before.map(|before| before + 1));
}
