//! What not everybody may see shows nowhere to those who may not: a walk over all that anybody can read.

use kernel::query::{Parameters, Params};
use kernel::{Result, Role};
use serde::Serialize;
use serde_json::{Value, json};
use testkit::{client_at, read};
use tours::Tours;
use tours::region::RegionId;
use tours::section::SectionId;
use tours::tour::TourView;
use tours::trek::TrekId;
use tours::trek::getaway::{Activity, Blog, GetawayQuery, Picture};
use tours::trek::list::Variant;
use web::{Caller, Once};

use crate::common::{Scene, caller, handle, part, tour_query, trek_query};

fn query<Q: Parameters>(raw: &str) -> Q {
    let mut params = Params::read(raw).unwrap();
    let query = Q::take(&mut params);
    params.finish(query).unwrap()
}

fn text(answer: Result<impl Serialize>) -> String {
    answer.map(|it| serde_json::to_string(&it).unwrap()).unwrap_or_default()
}

/// Everything that is answered about tours.
async fn of_tours(tours: &Tours, tour: &TourView, who: Option<&Caller>) -> Vec<(&'static str, String)> {
    let (here, km) = (part("34.1,-118.1"), part("km"));
    vec![
        ("list", text(tours.list_tours(&tour_query("")).await)),
        (
            "filter",
            text(tours.list_tours(&tour_query(&format!("name={}", tour.name.replace(' ', "+")))).await),
        ),
        ("top", text(tours.list_tours(&tour_query("").top_five().unwrap()).await)),
        ("plan", text(tours.monthly_plan(&part("2026")).await)),
        ("within", text(tours.tours_within(&part("30000"), &here, &km).await)),
        ("distances", text(tours.tour_distances(&here, &km).await)),
        ("id", text(tours.show_tour(&handle(tour.id), who).await)),
        ("slug", text(tours.show_tour(&handle(&tour.slug), who).await)),
    ]
}

/// Everything that is answered about treks.
async fn of_treks(
    scene: &Scene,
    id: TrekId,
    region: RegionId,
    home: SectionId,
    who: Option<&Caller>,
) -> Vec<(&'static str, String)> {
    let tours = &scene.tours;
    let list = async |variant, raw: &str| text(tours.list_treks(variant, trek_query(raw), who).await);
    vec![
        ("list", list(Variant::All, "include_disabled=true").await),
        ("search", list(Variant::Search, "q=Kedarkantha").await),
        ("popular", list(Variant::Popular, "").await),
        ("featured", list(Variant::Featured, "").await),
        ("region", list(Variant::Region(region), "").await),
        ("getaways", list(Variant::Getaways, "").await),
        ("pictures", text(tours.list_of_getaways(&query::<GetawayQuery<Picture>>("")).await)),
        ("blogs", text(tours.list_of_getaways(&query::<GetawayQuery<Blog>>("")).await)),
        ("activities", text(tours.list_of_getaways(&query::<GetawayQuery<Activity>>("")).await)),
        ("sections", text(tours.list_sections("trek-sections", query(""), who).await)),
        ("home page", text(tours.list_sections("homepage", query(""), who).await)),
        ("section", text(tours.show_section(&handle(home), who).await)),
        ("id", text(tours.show_trek(&handle(id), who, &client_at("a")).await)),
        ("slug", text(tours.show_trek(&handle("kedarkantha"), who, &client_at("a")).await)),
        ("details", text(tours.show_getaway(&handle(id), who).await)),
    ]
}

#[tokio::test]
async fn a_secret_tour_is_nowhere_and_the_same_tour_is_everywhere_once_it_is_public() {
    let scene = Scene::open().await;
    let tour = scene
        .tour_with("The Secret Hiker", |it| {
            it["secretTour"] = json!(true);
            it["startDates"] = json!(["2026-12-31T23:59:59Z"]);
            it["startLocation"] = json!({"coordinates": [-118.0, 34.0]});
        })
        .await;
    let (member, guide) = (caller(&[Role::User]), caller(&[Role::Guide]));
    for who in [None, Some(&member)] {
        for (what, text) in of_tours(&scene.tours, &tour, who).await {
            assert!(!text.contains("Secret") && !text.contains(&tour.id.to_string()), "{what}: {text}");
        }
        assert!(scene.tours.tour_statistics().await.unwrap().data.is_empty());
    }
    // Its crew finds it by its address, and in no list that others could be shown.
    for (what, text) in of_tours(&scene.tours, &tour, Some(&guide)).await {
        assert_eq!(text.contains("Secret"), ["id", "slug"].contains(&what), "{what}");
    }
    scene.tours.update_tour(tour.id, &read(json!({"secretTour": false}))).await.unwrap();
    for (what, text) in of_tours(&scene.tours, &tour, None).await {
        assert!(text.contains("Secret"), "{what}: {text}");
    }
    assert_eq!(scene.tours.tour_statistics().await.unwrap().data[0].num_tours, 1);
}

#[tokio::test]
async fn a_trek_that_is_off_sale_is_nowhere_and_the_same_trek_is_everywhere_while_it_is_on() {
    let scene = Scene::open().await;
    let region = scene.region("Himalaya").await;
    let catalogue = read(json!({"name": "Winter"}));
    let winter = scene.tours.create_section(Once::default(), &catalogue).await.unwrap().body.id;
    let change = |it: &mut Value| {
        it["section_id"] = json!(winter);
        it["is_featured"] = json!(true);
        it["weekend_getaway"] = json!({
            "enabled": true, "activities": [{"name": "Kayaks"}], "gallery": [{"image": "a.jpg", "category": "food"}],
            "blogs": [{"title": "Two days", "url": "https://example.com"}],
        });
    };
    let id = scene.trek_on_sale(region, change).await;
    let home = read(json!({"name": "In front", "type": "trek", "trek_ids": [id]}));
    let home = scene.tours.create_section(Once::default(), &home).await.unwrap().body.id;
    for (what, text) in of_treks(&scene, id, region, home, None).await {
        assert!(text.contains(&id.to_string()), "{what}: {text}");
    }
    let counts = async || {
        let categories = scene.tours.trek_categories().await.unwrap().data;
        let section = scene.tours.section_statistics(winter).await.unwrap();
        let region = scene.tours.region_statistics(region).await.unwrap();
        (categories.iter().map(|it| it.trek_count).sum::<u64>(), section.trek_count, region.trek_count)
    };
    assert_eq!(counts().await, (0, 1, 1));
    scene.tours.toggle_trek(id).await.unwrap();
    let (member, admin) = (caller(&[Role::User]), caller(&[Role::Admin]));
    for who in [None, Some(&member)] {
        for (what, text) in of_treks(&scene, id, region, home, who).await {
            assert!(!text.contains(&id.to_string()) && !text.contains("Kedarkantha"), "{what}: {text}");
        }
    }
    assert_eq!(counts().await, (0, 0, 0));
    let seen: Vec<_> = of_treks(&scene, id, region, home, Some(&admin)).await;
    let seen: Vec<_> = seen.iter().filter(|it| it.1.contains(&id.to_string())).map(|it| it.0).collect();
    assert_eq!(seen, ["list", "sections", "section", "id", "slug", "details"]);
}
