//! Trek's story, the browsing half: a region, a section and a trek are written, a departure opens it, and people find it.

use acceptance::treks::sell;
use acceptance::{Answer, Member, SOON, Visitor, address, eventually, secret, send, tell_queue};
use kernel::id::Ulid;
use reqwest::Method;
use serde_json::{Value, json};

/// Tells what bookings would.
async fn tell_of_departure(trek: &str, version: u64, seats_left: u32, seats_taken: u32) {
    let batch = json!({
        "batch_id": format!("{trek}-1"), "version": version, "owner_kind": "trek", "owner_id": trek,
        "start_date": "2099-01-10T00:00:00Z", "end_date": "2099-01-16T00:00:00Z", "price": 900_000, "currency": "INR",
        "max_participants": 10, "seats_left": seats_left, "seats_taken": seats_taken, "status": "upcoming",
        "active": true, "deleted": false,
    });
    tell_queue("follow-departures", "bookings.batch.changed", batch).await;
}

fn trek(region: &str, section: &str, name: &str) -> Value {
    json!({
        "name": name, "description": "Snow in winter", "region_id": region, "section_id": section,
        "difficulty": "Easy", "duration": 6, "display_price": 1_000_000, "start_point": "Sankri", "end_point": "Sankri",
        "highlights": ["The summit"], "season": ["Winter"], "category": "mountains",
        "gst": {"percent": 5}, "gateway": {"percent": 2.5, "type": "customer"},
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trek_is_written_opened_found_and_closed() {
    let (admin, member, visitor) = (Member::admin().await, Member::join().await, Visitor::new());
    let own = Ulid::generate().to_string();
    let region = json!({"name": format!("Himalaya {own}"), "state": "Uttarakhand"});
    member.visitor.post("/regions", &region).await.is_problem(403, "forbidden");
    let region = admin.visitor.post("/regions", &region).await.is(201).field("id");
    let section = json!({"name": format!("Winter {own}"), "config": {"navigation": true}});
    let section = admin.visitor.post("/trek-sections", &section).await.is(201).field("id");
    let name = format!("Kedarkantha {own}");
    let facts = trek(&region, &section, &name);
    member.visitor.post("/treks", &facts).await.is_problem(403, "forbidden");
    let nowhere = trek(&Ulid::generate().to_string(), &section, &name);
    admin.visitor.post("/treks", &nowhere).await.is_problem(400, "invalid-request");
    let created = admin.visitor.post("/treks", &facts).await;
    let (trek_id, slug) = (created.is(201).field("id"), created.field("slug"));
    let path = format!("/treks/{trek_id}");
    let toggle = format!("{path}/toggle-status");
    visitor.get(&path).await.is_problem(404, "not-found");
    admin.visitor.bare(Method::PATCH, &toggle).await.is_problem(409, "trek-without-departure");

    tell_of_departure(&trek_id, 1, 10, 0).await;
    let opened = || async {
        Some(admin.visitor.bare(Method::PATCH, &toggle).await).filter(|answer| answer.status == 200)
    };
    assert_eq!(eventually("a departure", SOON, opened).await.json()["is_enabled"], true);
    member.visitor.bare(Method::PATCH, &toggle).await.is_problem(403, "forbidden");

    let found = async |path: &str| {
        let answer = visitor.get(path).await;
        let list = answer.is(200).json()["data"].as_array().cloned().unwrap();
        list.iter().filter(|it| it["id"] == trek_id.as_str()).count()
    };
    for path in [
        format!("/treks?search={own}"),
        format!(
            "/treks?region={region}&difficulty=Easy&season=Winter&season=Spring&duration=5-7&min_price=1000000"
        ),
        format!("/treks?section_id={section}&category=mountains&sort=-price"),
        format!("/treks/search?q={own}"),
        format!("/treks/by-region/{region}"),
    ] {
        assert_eq!(found(&path).await, 1, "{path}");
    }
    assert_eq!(found(&format!("/treks?search={own}&max_price=999999")).await, 0);
    visitor.get("/treks/search").await.is_problem(400, "invalid-request");
    let alias = send(visitor.request(Method::GET, &format!("/api/treks/{trek_id}"))).await;
    assert_eq!(alias.is(200).field("name"), name);

    let page = visitor.get(&format!("/treks/{slug}")).await.is(200).json();
    // 10,000.00 and 5 % tax, and 2.5 % of both for the payment.
    let (net, gst) = (1_000_000, 50_000);
    let fee = (net + gst) * 25 / 1000;
    assert_eq!(
        page["price"],
        json!({"net": net, "gst": gst, "gateway_fee": fee, "total": net + gst + fee, "currency": "INR"})
    );
    assert_eq!(
        (&page["departures"][0]["seats_left"], &page["departures"][0]["price"]["net"]),
        (&json!(10), &json!(900_000))
    );
    let shown = visitor.get(&format!("/regions/{region}")).await.is(200).json();
    assert_eq!((&shown["trek_count"], &shown["country"]), (&json!(1), &json!("India")));
    assert_eq!(visitor.get(&format!("/trek-sections/{section}/stats")).await.is(200).json()["trek_count"], 1);

    tell_of_departure(&trek_id, 2, 0, 10).await;
    let sold_out = || async { (found(&format!("/treks?search={own}")).await == 0).then_some(()) };
    eventually("it to be sold out", SOON, sold_out).await;
    admin.visitor.delete(&path).await.is_problem(409, "trek-booked");
    admin.visitor.delete(&format!("/regions/{region}")).await.is_problem(409, "region-in-use");
    let section_path = format!("/trek-sections/{section}");
    admin.visitor.delete(&section_path).await.is_problem(409, "section-in-use");

    tell_of_departure(&trek_id, 3, 10, 0).await;
    let free = || async { Some(admin.visitor.delete(&path).await).filter(|answer| answer.status == 204) };
    eventually("it to be free", SOON, free).await;
    admin.visitor.delete(&format!("/regions/{region}")).await.is(204);
    admin.visitor.delete(&section_path).await.is(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn sections_stand_as_an_administrator_puts_them() {
    let (admin, member) = (Member::admin().await, Member::join().await);
    let own = Ulid::generate().to_string();
    let mut ids = Vec::new();
    for name in ["first", "second"] {
        let banner = json!({
            "name": format!("{name} {own}"), "type": "banner",
            "banner": {"image": "a.jpg", "overlay_color": "#1a2b3c", "opacity": 0.5, "discount": 10},
        });
        ids.push(admin.visitor.post("/trek-sections", &banner).await.is(201).field("id"));
    }
    ids.reverse();
    let order = json!({"ids": ids});
    member.visitor.put("/trek-sections/reorder", &order).await.is_problem(403, "forbidden");
    admin.visitor.put("/trek-sections/reorder", &order).await.is(204);
    let list =
        Visitor::new().get(&format!("/trek-sections/homepage?q={own}")).await.is(200).json()["data"].clone();
    let shown: Vec<_> =
        list.as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(shown, ids);
    let opaque =
        json!({"name": format!("third {own}"), "type": "banner", "banner": {"image": "a.jpg", "opacity": 2}});
    admin.visitor.post("/trek-sections", &opaque).await.is_problem(400, "invalid-request");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_region_is_for_administrators() {
    let (admin, visitor) = (Member::admin().await, Visitor::new());
    let name = format!("Ladakh {}", Ulid::generate());
    let facts = json!({"name": name, "state": "Ladakh", "climate": "alpine"});
    let created = admin.visitor.post("/regions", &facts).await;
    let (region, slug) = (created.is(201).field("id"), created.field("slug"));
    admin.visitor.post("/regions", &facts).await.is_problem(409, "region-name-taken");
    visitor.get(&format!("/regions/slug/{slug}")).await.is(200);
    let status = format!("/regions/{region}/status");
    admin.visitor.patch(&status, &json!({"is_active": false})).await.is(200);
    visitor.get(&format!("/regions/{region}")).await.is_problem(404, "not-found");
    admin.visitor.get(&format!("/regions/{region}")).await.is(200);
    let listed = |answer: Answer| answer.is(200).text.contains(&region);
    assert!(!listed(visitor.get("/regions?climate=alpine&limit=100").await));
    assert!(listed(admin.visitor.get("/regions?climate=alpine&limit=100").await));
    admin.visitor.delete(&format!("/regions/{region}")).await.is(204);
}

/// A trek on sale.
async fn posted(admin: &Member, change: impl FnOnce(&mut Value)) -> String {
    let own = Ulid::generate().to_string();
    let region = json!({"name": format!("Goa {own}"), "state": "Goa"});
    let region = admin.visitor.post("/regions", &region).await.is(201).field("id");
    let section = json!({"name": format!("Away {own}")});
    let section = admin.visitor.post("/trek-sections", &section).await.is(201).field("id");
    let mut facts = trek(&region, &section, &format!("Lakeside {own}"));
    change(&mut facts);
    admin.visitor.post("/treks", &facts).await.is(201).field("id")
}

async fn on_sale(admin: &Member, change: impl FnOnce(&mut Value)) -> String {
    let trek = posted(admin, change).await;
    tell_of_departure(&trek, 1, 10, 0).await;
    sell(&admin.visitor, &trek).await;
    trek
}

#[tokio::test(flavor = "multi_thread")]
async fn a_weekend_away_is_offered_with_its_pictures_and_taken_off() {
    let (admin, member, visitor) = (Member::admin().await, Member::join().await, Visitor::new());
    let trek = on_sale(&admin, |it| {
        it["weekend_getaway"] = json!({
            "transport": "A bus at ten", "food": {"title": "Around the fire"}, "activities": [{"name": "Kayaks"}],
            "blogs": [{"title": "Two days", "url": "https://example.com/two-days"}],
        });
    })
    .await;
    let path = format!("/weekend-getaways/{trek}");
    let found = async |list: &str, field: &str| {
        let list = visitor.get(&format!("/weekend-getaways{list}")).await.is(200).json()["data"].clone();
        list.as_array().unwrap().iter().filter(|it| it[field] == trek.as_str()).count()
    };
    let details = format!("{path}/details");
    visitor.get(&details).await.is_problem(404, "not-found");
    let offer = json!({"enabled": true});
    visitor.put(&path, &offer).await.is_problem(401, "not-signed-in");
    member.visitor.put(&path, &offer).await.is_problem(403, "forbidden");
    admin.visitor.put(&path, &offer).await.is(200);
    let gallery = format!("{path}/gallery");
    let pictures = json!({"gallery": [{"image": "a.jpg", "category": "scenery"}, {"image": "b.jpg", "category": "food"}]});
    member.visitor.put(&gallery, &pictures).await.is_problem(403, "forbidden");
    let unknown = json!({"gallery": [{"image": "a.jpg", "category": "space"}]});
    admin.visitor.put(&gallery, &unknown).await.is_problem(400, "invalid-request");
    admin.visitor.put(&gallery, &pictures).await.is(200);
    assert_eq!(found("?limit=100", "id").await, 1);
    assert_eq!(found(&format!("/galleries?trek_id={trek}"), "trek_id").await, 2);
    assert_eq!(found(&format!("/galleries?trek_id={trek}&category=food"), "trek_id").await, 1);
    assert_eq!(found(&format!("/blogs?trek_id={trek}"), "trek_id").await, 1);
    assert_eq!(found(&format!("/activities?trek_id={trek}"), "trek_id").await, 1);
    assert_eq!(
        visitor.get(&details).await.is(200).json()["weekend_getaway"]["food"]["title"],
        "Around the fire"
    );

    // Taken off sale it is nowhere, and the id alone shows it to administrators only.
    admin.visitor.bare(Method::PATCH, &format!("/treks/{trek}/toggle-status")).await.is(200);
    for list in ["", "/galleries", "/blogs", "/activities"] {
        assert!(
            !visitor.get(&format!("/weekend-getaways{list}")).await.is(200).text.contains(&trek),
            "{list}"
        );
    }
    for list in ["/treks?limit=100", "/treks/popular", "/treks/featured", "/treks/search?q=Lakeside"] {
        assert!(!member.visitor.get(list).await.is(200).text.contains(&trek), "{list}");
    }
    for one in [details, format!("/treks/{trek}")] {
        visitor.get(&one).await.is_problem(404, "not-found");
        member.visitor.get(&one).await.is_problem(404, "not-found");
        admin.visitor.get(&one).await.is(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_of_a_trek_for_somebody_is_sent_by_administrators_only() {
    let (admin, member, visitor) = (Member::admin().await, Member::join().await, Visitor::new());
    let trek = posted(&admin, |it| {
        it["custom"] = json!({
            "link_expires_at": "2098-01-01T00:00:00Z", "start_date": "2099-01-10T00:00:00Z",
            "end_date": "2099-01-16T00:00:00Z", "max_participants": 10,
        });
    })
    .await;
    let path = format!("/treks/{trek}/send-custom-link");
    let wish = json!({"email": address("ada")});
    visitor.post(&path, &wish).await.is_problem(401, "not-signed-in");
    member.visitor.post(&path, &wish).await.is_problem(403, "forbidden");
    admin.visitor.post(&path, &json!({"email": "nobody"})).await.is_problem(400, "invalid-request");
    assert_eq!(admin.visitor.post(&path, &wish).await.is(202).json()["email"], wish["email"]);
    let plain = posted(&admin, |_| ()).await;
    let without = admin.visitor.post(&format!("/treks/{plain}/send-custom-link"), &wish).await;
    without.is_problem(409, "trek-without-link");
    let token = admin.visitor.get(&format!("/treks/{trek}")).await.is(200).field("access_token");
    secret(&token);
    visitor.get(&format!("/treks/{trek}")).await.is_problem(404, "not-found");
    assert_eq!(visitor.get(&format!("/treks/custom/{token}")).await.is(200).field("id"), trek);
}
