//! Treks, regions and sections: what is on sale, who may see the rest, and what points at what.

use contracts::bookings::BatchChanged;
use kernel::query::{Parameters, Params};
use kernel::{Problem, Role, UserId, time};
use serde_json::json;
use testkit::{client_at, read, received};
use tours::region::list::RegionQuery;
use tours::region::write::{ActiveWish, IN_USE, NAME_TAKEN};
use tours::section::list::SectionQuery;
use tours::trek::TrekFacts;
use tours::trek::list::Variant;
use tours::trek::write::{BOOKED, NO_DEPARTURE};
use web::Once;

use crate::common::{self, Scene, batch, booking, booking_told, caller, handle, rating, trek_body};

fn region_query(raw: &str) -> RegionQuery {
    let mut params = Params::read(raw).unwrap();
    let query = RegionQuery::take(&mut params);
    params.finish(query).unwrap()
}

fn section_query(raw: &str) -> SectionQuery {
    let mut params = Params::read(raw).unwrap();
    let query = SectionQuery::take(&mut params);
    params.finish(query).unwrap()
}

#[tokio::test]
async fn a_trek_is_listed_when_it_is_on_sale_with_a_departure_that_has_seats() {
    let scene = Scene::open().await;
    let region = scene.region("Himalaya").await;
    let id = scene.trek(region, |_| ()).await;
    let list = async || scene.trek_names(Variant::All, "", None).await;
    assert!(list().await.is_empty(), "not on sale");
    assert_eq!(scene.tours.toggle_trek(id).await.err().unwrap().problem, NO_DEPARTURE);
    let first = batch("trek", &id.to_string(), 1, |_| ());
    let follow = async |change: BatchChanged| scene.tours.follow_departure(&received(change)).await.unwrap();
    follow(first.clone()).await;
    assert!(list().await.is_empty(), "still not on sale");
    assert!(scene.tours.toggle_trek(id).await.unwrap().is_enabled);
    assert_eq!(list().await, ["Kedarkantha"]);
    follow(BatchChanged { version: 2, seats_left: 0, ..first.clone() }).await;
    assert!(list().await.is_empty(), "sold out");
    follow(BatchChanged { version: 3, seats_left: 1, ..first.clone() }).await;
    assert_eq!(list().await, ["Kedarkantha"]);
    let past = time::now() - time::days(1);
    follow(BatchChanged { version: 4, start_date: past, ..first.clone() }).await;
    assert!(list().await.is_empty(), "it has begun");
    follow(BatchChanged { version: 5, active: false, ..first.clone() }).await;
    assert!(list().await.is_empty(), "not for sale");
    follow(BatchChanged { version: 6, ..first }).await;
    assert_eq!(list().await, ["Kedarkantha"]);
    assert!(!scene.tours.toggle_trek(id).await.unwrap().is_enabled);
    assert!(list().await.is_empty());
}

#[tokio::test]
async fn what_is_not_on_sale_is_for_administrators_only() {
    let scene = Scene::open().await;
    let region = scene.region("Himalaya").await;
    let id = scene.trek(region, |_| ()).await;
    let (admin, member) = (caller(&[Role::Admin]), caller(&[Role::User]));
    assert_eq!(scene.trek_names(Variant::All, "include_disabled=true", Some(&admin)).await, ["Kedarkantha"]);
    assert!(scene.trek_names(Variant::All, "", Some(&admin)).await.is_empty());
    assert!(scene.trek_names(Variant::All, "include_disabled=true", Some(&member)).await.is_empty());
    assert!(scene.trek_names(Variant::All, "include_disabled=true", None).await.is_empty());
    for name in [id.to_string(), "kedarkantha".into()] {
        let show = async |who| scene.tours.show_trek(&handle(&name), who, &client_at("a")).await;
        assert_eq!(show(None).await.err().unwrap().problem, Problem::NOT_FOUND);
        assert_eq!(show(Some(&member)).await.err().unwrap().problem, Problem::NOT_FOUND);
        assert_eq!(show(Some(&admin)).await.unwrap().id, id);
    }
    let statistics = scene.tours.trek_statistics().await.unwrap();
    assert_eq!((statistics.total, statistics.enabled, statistics.on_sale), (1, 0, 0));
    assert!(scene.tours.trek_categories().await.unwrap().data.iter().all(|it| it.trek_count == 0));
}

#[tokio::test]
async fn treks_are_found_by_what_people_look_for() {
    let scene = Scene::open().await;
    let (himalaya, ghats) = (scene.region("Himalaya").await, scene.region("Western Ghats").await);
    scene
        .trek_on_sale(himalaya, |it| {
            it["season"] = json!(["Winter", "Spring"]);
            it["category"] = json!("mountains");
            it["is_featured"] = json!(true);
        })
        .await;
    scene
        .trek_on_sale(ghats, |it| {
            it["name"] = json!("Kudremukha");
            it["description"] = json!("Green hills");
            it["season"] = json!(["Monsoon"]);
            it["difficulty"] = json!("Moderate");
            it["duration"] = json!(2);
            it["display_price"] = json!(300_000);
        })
        .await;
    let list = async |query: &str| scene.trek_names(Variant::All, query, None).await;
    let both = ["Kudremukha", "Kedarkantha"];
    assert_eq!(list("").await, both);
    assert_eq!(list("sort=-price").await, ["Kedarkantha", "Kudremukha"]);
    assert_eq!(list("sort=created_at&limit=1&page=2").await, ["Kudremukha"]);
    for (query, name) in [
        ("search=SNOW", "Kedarkantha"),
        ("search=ghats hills", "Kudremukha"),
        ("difficulty=Moderate", "Kudremukha"),
        ("difficulty[lt]=Moderate", "Kedarkantha"),
        ("season=Winter", "Kedarkantha"),
        ("category=mountains", "Kedarkantha"),
        ("duration=2-3", "Kudremukha"),
        ("min_price=300001", "Kedarkantha"),
        ("max_price=300000", "Kudremukha"),
    ] {
        assert_eq!(list(query).await, [name], "{query}");
    }
    assert_eq!(list("season=Winter&season=Monsoon").await, both);
    assert_eq!(list(&format!("region={ghats}")).await, ["Kudremukha"]);
    assert_eq!(scene.trek_names(Variant::Region(himalaya), "", None).await, ["Kedarkantha"]);
    assert_eq!(scene.trek_names(Variant::Featured, "", None).await, ["Kedarkantha"]);
    assert_eq!(scene.trek_names(Variant::Search, "q=green", None).await, ["Kudremukha"]);
    let without = scene.tours.list_treks(Variant::Search, common::trek_query(""), None).await;
    assert_eq!(without.err().unwrap().problem, Problem::INVALID_REQUEST);
    let categories = scene.tours.trek_categories().await.unwrap().data;
    assert_eq!(categories.iter().map(|it| it.trek_count).sum::<u64>(), 1);
}

#[tokio::test]
async fn the_page_shows_the_price_in_parts_and_counts_a_caller_once_a_day() {
    let scene = Scene::open().await;
    let region = scene.region("Himalaya").await;
    let id = scene.trek_on_sale(region, |_| ()).await;
    let full = batch("trek", &id.to_string(), 1, |it| {
        it.batch_id = "full".into();
        it.seats_left = 0;
    });
    scene.tours.follow_departure(&received(full)).await.unwrap();
    let show =
        async |address: &str| scene.tours.show_trek(&handle(id), None, &client_at(address)).await.unwrap();
    let page = show("a").await;
    assert_eq!((page.price.net, page.price.gst, page.price.total), (1_000_000, 50_000, 1_050_000));
    assert_eq!(page.departures.len(), 1, "the one with seats");
    assert_eq!((page.departures[0].price.total, page.departures[0].seats_left), (945_000, 10));
    assert_eq!((page.view_count, page.sales.is_some()), (1, false));
    assert_eq!(show("a").await.view_count, 1);
    assert_eq!(show("b").await.view_count, 2);
    let admin = caller(&[Role::Admin]);
    let page = scene.tours.show_trek(&handle(id), Some(&admin), &client_at("a")).await.unwrap();
    assert_eq!((page.departures.len(), page.view_count), (2, 3));
    let viewed = scene.cloud.items_of(&scene.tours.table, "view").await;
    assert_eq!(viewed.len(), 3);
    assert!(viewed.iter().all(|item| item.contains_key("expires")));
}

#[tokio::test]
async fn slugs_get_numbers_and_a_change_keeps_what_others_told() {
    let scene = Scene::open().await;
    let region = scene.region("Himalaya").await;
    let id = scene.trek_on_sale(region, |_| ()).await;
    let other = scene.trek(region, |_| ()).await;
    scene.tours.follow_rating(&received(rating("trek", &id.to_string(), 1, 9, 2))).await.unwrap();
    let admin = caller(&[Role::Admin]);
    let page = async |id| scene.tours.show_trek(&handle(id), Some(&admin), &client_at("a")).await.unwrap();
    assert_eq!(
        (page(id).await.slug.as_str(), page(other).await.slug.as_str()),
        ("kedarkantha", "kedarkantha-2")
    );
    let facts: TrekFacts = read(trek_body(&region.to_string(), |it| it["name"] = json!("Kedarkantha Peak")));
    let changed = scene.tours.update_trek(id, &facts).await.unwrap();
    assert_eq!((changed.slug.as_str(), changed.average_rating), ("kedarkantha-peak", 4.5));
    assert!(changed.is_enabled && changed.dates.len() == 1);
    assert_eq!(scene.trek_names(Variant::All, "", None).await, ["Kedarkantha Peak"]);
    scene.tours.follow_rating(&received(rating("trek", &id.to_string(), 2, 0, 0))).await.unwrap();
    assert_eq!(page(id).await.average_rating, 0.0);
}

#[tokio::test]
async fn a_booked_trek_and_a_region_with_treks_are_not_deleted() {
    let scene = Scene::open().await;
    let (region, other) = (scene.region("Himalaya").await, scene.region("Western Ghats").await);
    let nowhere: TrekFacts = read(trek_body(&tours::region::RegionId::new().to_string(), |_| ()));
    let refused = scene.tours.create_trek(Once::default(), &nowhere).await.err().unwrap();
    assert_eq!(refused.errors[0].pointer, "/region_id");
    let id = scene.trek_on_sale(region, |_| ()).await;
    assert_eq!(scene.tours.delete_region(region).await.err().unwrap().problem, IN_USE);
    // It moves, and takes the region with it.
    let moved: TrekFacts = read(trek_body(&other.to_string(), |_| ()));
    scene.tours.update_trek(id, &moved).await.unwrap();
    scene.tours.delete_region(region).await.unwrap();
    assert_eq!(scene.tours.delete_region(other).await.err().unwrap().problem, IN_USE);
    let booked = batch("trek", &id.to_string(), 2, |it| it.seats_taken = 1);
    scene.tours.follow_departure(&received(booked)).await.unwrap();
    assert_eq!(scene.tours.delete_trek(id).await.err().unwrap().problem, BOOKED);
    let free = batch("trek", &id.to_string(), 3, |_| ());
    scene.tours.follow_departure(&received(free)).await.unwrap();
    scene.tours.delete_trek(id).await.unwrap();
    scene.tours.delete_region(other).await.unwrap();
    assert_eq!(scene.tours.delete_region(other).await.err().unwrap().problem, Problem::NOT_FOUND);
}

#[tokio::test]
async fn a_hidden_region_is_for_administrators_and_names_are_unique() {
    let scene = Scene::open().await;
    let region = scene.region("Himalaya").await;
    let taken = read(json!({"name": "himalaya ", "state": "Nepal"}));
    let refused = scene.tours.create_region(Once::default(), &taken).await.err().unwrap();
    assert_eq!(refused.problem, NAME_TAKEN);
    scene.trek_on_sale(region, |_| ()).await;
    let list = async |variant: &str, query: &str, admin: bool| {
        let admin = admin.then(|| caller(&[Role::Admin]));
        scene.tours.list_regions(variant, region_query(query), admin.as_ref()).await.unwrap()
    };
    let page = list("regions", "state=Uttarakhand", false).await;
    assert_eq!((page.results, &page.data[0].0["trek_count"]), (1, &json!(1)));
    assert_eq!(page.data[0].0["country"], "India");
    assert_eq!(list("search", "q=uttara", false).await.results, 1);
    assert_eq!(list("search", "q=alps", false).await.results, 0);
    assert_eq!(list("featured", "", false).await.results, 0);
    assert_eq!(list("popular", "", false).await.results, 1);
    let hidden = scene.tours.activate_region(region, &ActiveWish { is_active: false }).await.unwrap();
    assert!(!hidden.is_active);
    assert_eq!(list("regions", "", false).await.results, 0);
    assert_eq!(list("active", "", true).await.results, 0);
    assert_eq!(list("regions", "", true).await.results, 1);
    assert!(scene.tours.show_region(&handle("himalaya"), None).await.is_err());
    assert!(scene.tours.region_statistics(region).await.is_err());
    scene.tours.activate_region(region, &ActiveWish { is_active: true }).await.unwrap();
    let shown = scene.tours.show_region(&handle("himalaya"), None).await.unwrap();
    assert_eq!((shown.region.id, shown.trek_count), (region, 1));
    assert_eq!(scene.tours.region_statistics(region).await.unwrap().trek_count, 1);
}

#[tokio::test]
async fn sections_stand_as_they_are_put() {
    let scene = Scene::open().await;
    let section = async |body: serde_json::Value| {
        scene.tours.create_section(Once::default(), &read(body)).await.unwrap().body.id
    };
    let winter = section(json!({"name": "Winter", "config": {"navigation": true}})).await;
    let summer = section(json!({"name": "Summer", "is_active": false})).await;
    let sale =
        section(json!({"name": "Sale", "type": "banner", "banner": {"image": "a.jpg", "discount": 10}}))
            .await;
    let list = async |variant: &str, admin: bool| {
        let admin = admin.then(|| caller(&[Role::Admin]));
        let page = scene.tours.list_sections(variant, section_query(""), admin.as_ref()).await.unwrap();
        page.data.iter().map(|it| it.0["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(list("trek-sections", false).await, ["Winter", "Sale"]);
    assert_eq!(list("trek-sections", true).await, ["Winter", "Summer", "Sale"]);
    let order = read(json!({"ids": [sale, summer]}));
    scene.tours.reorder_sections(&order).await.unwrap();
    assert_eq!(list("trek-sections", true).await, ["Sale", "Summer", "Winter"]);
    scene.tours.reorder_sections(&read(json!({"ids": [winter]}))).await.unwrap();
    assert_eq!(list("trek-sections", false).await, ["Winter", "Sale"]);
    assert_eq!(list("navigation", false).await, ["Winter"]);
    assert_eq!(list("homepage", false).await, ["Sale"]);
    assert_eq!(list("active", true).await, ["Winter", "Sale"]);
    let twice = read(json!({"ids": [winter, winter]}));
    assert!(scene.tours.reorder_sections(&twice).await.is_err());
    // A section that treks stand in stays.
    let region = scene.region("Himalaya").await;
    let trek = scene.trek_on_sale(region, |it| it["section_id"] = json!(winter)).await;
    assert_eq!(scene.tours.section_statistics(winter).await.unwrap().trek_count, 1);
    let used = scene.tours.delete_section(winter).await.err().unwrap();
    assert_eq!(used.problem, tours::section::write::IN_USE);
    let moved: TrekFacts = read(trek_body(&region.to_string(), |_| ()));
    scene.tours.update_trek(trek, &moved).await.unwrap();
    scene.tours.delete_section(winter).await.unwrap();
    assert_eq!(list("trek-sections", false).await, ["Sale"]);
    assert!(scene.tours.show_section(&handle(summer), None).await.is_err());
}

#[tokio::test]
async fn bookings_count_once_whatever_order_they_come_in() {
    let scene = Scene::open().await;
    let region = scene.region("Himalaya").await;
    let id = scene.trek_on_sale(region, |_| ()).await;
    let other = scene.trek_on_sale(region, |it| it["name"] = json!("Kudremukha")).await;
    let fact = |trek: tours::trek::TrekId, version, status: &str, participants| {
        booking_told(booking(UserId::new(), "trek", trek, version, status, participants))
    };
    let twice = fact(id, 2, "confirmed", 3);
    let all = [
        // The cancellation of a booking overtakes its confirmation.
        fact(other, 3, "cancelled", 3),
        fact(other, 2, "confirmed", 3),
        twice.clone(),
        twice,
        // One of three stays at home, and that is told after the trek.
        fact(id, 4, "completed", 2),
        fact(id, 3, "confirmed", 2),
    ];
    for fact in &all {
        scene.tours.follow_booking(fact).await.unwrap();
    }
    assert_eq!(scene.trek_names(Variant::Popular, "", None).await, ["Kedarkantha", "Kudremukha"]);
    assert_eq!(scene.trek_names(Variant::All, "sort=-popularity", None).await, ["Kedarkantha", "Kudremukha"]);
    let admin = caller(&[Role::Admin]);
    let sales = async |id| {
        let page = scene.tours.show_trek(&handle(id), Some(&admin), &client_at("a")).await.unwrap();
        page.sales.unwrap()
    };
    let first = sales(id).await;
    assert_eq!((first.bookings, first.participants, first.completed, first.revenue["INR"]), (1, 2, 1, 1000));
    let second = sales(other).await;
    assert_eq!((second.bookings, second.participants, second.revenue["INR"]), (0, 0, 0));
}

#[tokio::test]
async fn a_trek_made_for_somebody_is_found_by_its_link_only_and_not_for_ever() {
    let scene = Scene::open().await;
    let region = scene.region("Himalaya").await;
    let custom = |expires: &str| {
        json!({
            "link_expires_at": expires, "start_date": "2098-01-01T00:00:00Z", "end_date": "2098-01-06T00:00:00Z",
            "max_participants": 6,
        })
    };
    let id = scene.trek_on_sale(region, |it| it["custom"] = custom("2097-01-01T00:00:00Z")).await;
    // It is on sale from the beginning, so it was taken off: and on again.
    scene.tours.toggle_trek(id).await.unwrap();
    for query in ["", "include_disabled=true", "search=Kedarkantha"] {
        assert!(scene.trek_names(Variant::All, query, None).await.is_empty(), "{query}");
    }
    let (admin, member) = (caller(&[Role::Admin]), caller(&[Role::User]));
    let page = async |who| scene.tours.show_trek(&handle(id), who, &client_at("a")).await;
    assert!(page(None).await.is_err());
    assert!(page(Some(&member)).await.is_err());
    let token = page(Some(&admin)).await.unwrap().access_token.unwrap();
    let by_link = async |token: &str| scene.tours.show_custom_trek(&handle(token), &client_at("a")).await;
    let shown = by_link(&token).await.unwrap();
    assert_eq!((shown.id, shown.access_token, shown.departures.len()), (id, None, 1));
    assert_eq!(by_link("guessed").await.err().unwrap().problem, Problem::NOT_FOUND);
    // Nobody is told the token.
    for item in scene.cloud.items_of(&scene.tours.table, "outbox").await {
        assert!(!format!("{item:?}").contains(&token));
    }
    let facts: TrekFacts =
        read(trek_body(&region.to_string(), |it| it["custom"] = custom("2020-01-01T00:00:00Z")));
    scene.tours.update_trek(id, &facts).await.unwrap();
    assert_eq!(by_link(&token).await.err().unwrap().problem, tours::trek::show::LINK_EXPIRED);
    let plain: TrekFacts = read(trek_body(&region.to_string(), |_| ()));
    assert_eq!(scene.tours.update_trek(id, &plain).await.err().unwrap().errors[0].pointer, "/custom");
    scene.tours.delete_trek(id).await.unwrap();
    assert_eq!(by_link(&token).await.err().unwrap().problem, Problem::NOT_FOUND);
}
