//! The catalogue: what stands in it is what is true, and reading it costs the same whatever stands in it.

use kernel::{Problem, Role};
use serde_json::{Value, json};
use testkit::{Fault, Storm, read, received};
use tokio::task::JoinSet;
use tours::tour::body::{NewTour, TourPatch};
use tours::tour::write::NAME_TAKEN;
use web::Once;

use crate::common::{self, Scene, caller, handle, names, tour_body, tour_query};

#[tokio::test]
async fn a_new_tour_is_listed_at_once_and_everywhere() {
    let scene = Scene::open().await;
    let (_, elsewhere) = scene.environment();
    assert!(names(&elsewhere, "").await.is_empty());
    scene.tour("The Forest Hiker").await;
    scene.tour("The Sea Explorer").await;
    assert_eq!(names(&elsewhere, "").await, ["The Sea Explorer", "The Forest Hiker"], "the newest first");
    assert_eq!(names(&elsewhere, "sort=name&limit=1&page=1").await, ["The Forest Hiker"]);
}

#[tokio::test]
async fn a_page_is_one_read_however_many_tours_there_are() {
    let scene = Scene::open().await;
    for number in 0..30 {
        scene.tour(&format!("The Forest Hiker {number}")).await;
    }
    let (environment, tours) = scene.environment();
    let calls = async |query: &str| {
        let before = environment.faults.total();
        tours.list_tours(&tour_query(query)).await.unwrap();
        environment.faults.total() - before
    };
    assert_eq!(calls("").await, 2, "cold: the head and the chunk");
    assert_eq!(calls("sort=-price&price[gte]=1&fields=name").await, 1, "warm: the head");
    assert_eq!(calls("page=2&limit=10").await, 1);
    scene.tour("The Snow Adventurer").await;
    assert_eq!(calls("").await, 2, "the head and the chunk that changed");
    assert_eq!(calls("").await, 1);
}

#[tokio::test]
async fn a_big_catalogue_stands_in_several_chunks_and_is_complete() {
    let scene = Scene::open().await;
    // Text that does not compress: each tour takes its 3 KB.
    let noise = |seed: u64| {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        (0..3900)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                char::from(b'!' + (state % 90) as u8)
            })
            .collect::<String>()
    };
    for number in 0..70 {
        let description = noise(number + 1);
        scene
            .tour_with(&format!("The Forest Hiker {number}"), |it| it["description"] = json!(description))
            .await;
    }
    let (environment, tours) = scene.environment();
    let page = tours.list_tours(&tour_query("fields=name")).await.unwrap();
    assert_eq!((page.results, page.meta.total), (70, Some(70)));
    let chunks = scene.cloud.items_of(&scene.tours.table, "catalogue-chunk").await;
    assert!(chunks.len() > 1, "{} chunks", chunks.len());
    let before = environment.faults.total();
    tours.list_tours(&tour_query("")).await.unwrap();
    assert_eq!(environment.faults.total() - before, 1);
}

#[tokio::test]
async fn a_secret_tour_is_in_nothing_that_everybody_reads() {
    let scene = Scene::open().await;
    let start = json!({"coordinates": [-118.113, 34.111]});
    let secret = |it: &mut Value| {
        it["secretTour"] = json!(true);
        it["startLocation"] = start.clone();
        it["startDates"] = json!(["2026-06-19T09:00:00Z"]);
    };
    let tour = scene.tour_with("The Secret Hiker", secret).await;
    let tours = &scene.tours;
    assert!(scene.names("").await.is_empty());
    assert!(tours.tour_statistics().await.unwrap().data.is_empty());
    assert!(tours.monthly_plan(&common::part("2026")).await.unwrap().data.is_empty());
    let (here, far, km) = (common::part("34.1,-118.1"), common::part("50000"), common::part("km"));
    assert!(tours.tours_within(&far, &here, &km).await.unwrap().data.is_empty());
    assert!(tours.tour_distances(&here, &km).await.unwrap().data.is_empty());
    for (who, sees) in
        [(None, false), (Some(Role::User), false), (Some(Role::Guide), true), (Some(Role::Admin), true)]
    {
        let who = who.map(|role| caller(&[role]));
        for name in [tour.id.to_string(), tour.slug.clone()] {
            let shown = tours.show_tour(&handle(name), who.as_ref()).await;
            assert_eq!(shown.map_err(|failure| failure.problem).is_ok(), sees);
        }
    }
    // It becomes public, and secret again.
    let patch = |secret: bool| read::<TourPatch>(json!({"secretTour": secret}));
    tours.update_tour(tour.id, &patch(false)).await.unwrap();
    assert_eq!(scene.names("").await, ["The Secret Hiker"]);
    assert_eq!(tours.monthly_plan(&common::part("2026")).await.unwrap().results, 1);
    tours.update_tour(tour.id, &patch(true)).await.unwrap();
    assert!(scene.names("").await.is_empty());
}

#[tokio::test]
async fn what_is_told_of_a_tour_that_turns_secret_does_not_bring_it_back() {
    let scene = Scene::open().await;
    let tour = scene.tour("The Secret Hiker").await;
    let id = tour.id.to_string();
    let (environment, elsewhere) = scene.environment();
    // Ratings and departures are told while it turns secret, in every order that the calls can take.
    for version in 1..=8 {
        let rate = received(common::rating("tour", &id, version, 4 * version, version));
        let depart = received(common::batch("tour", &id, version, |it| it.price = 1000 * version as i64));
        let patch = read::<TourPatch>(json!({"secretTour": version % 2 == 1}));
        let (rated, departed, turned) = tokio::join!(
            elsewhere.follow_rating(&rate),
            elsewhere.follow_departure(&depart),
            scene.tours.update_tour(tour.id, &patch),
        );
        rated.unwrap();
        departed.unwrap();
        turned.unwrap();
        assert_eq!(scene.names("").await.is_empty(), version % 2 == 1, "in round {version}");
    }
    let page = scene.tours.list_tours(&tour_query("")).await.unwrap();
    assert_eq!(page.data[0].0["ratingsQuantity"], 8);
    assert!(environment.faults.total() > 0);
}

#[tokio::test]
async fn ten_tours_written_at_once_are_all_listed() {
    let scene = Scene::open().await;
    let mut all = JoinSet::new();
    for number in 0..10 {
        let (_, tours) = scene.environment();
        let new: NewTour = read(tour_body(&format!("The Forest Hiker {number}"), |_| ()));
        all.spawn(async move { tours.create_tour(Once::default(), &new).await.map(drop) });
    }
    for outcome in all.join_all().await {
        outcome.unwrap();
    }
    assert_eq!(scene.names("").await.len(), 10);
}

#[tokio::test]
async fn a_name_belongs_to_one_tour_whatever_its_case() {
    let scene = Scene::open().await;
    let tour = scene.tour("The Forest Hiker").await;
    let again: NewTour = read(tour_body(" the FOREST  hiker", |_| ()));
    let refused = scene.tours.create_tour(Once::default(), &again).await.err().unwrap();
    assert_eq!(refused.problem, NAME_TAKEN);
    let other = scene.tour("The Sea Explorer").await;
    let patch: TourPatch = read(json!({"name": "The Forest Hiker"}));
    assert_eq!(scene.tours.update_tour(other.id, &patch).await.err().unwrap().problem, NAME_TAKEN);
    // Its own name in other letters is no change of hands, and a new name sets the old one free.
    let patch: TourPatch = read(json!({"name": "The Forest HIKER"}));
    assert_eq!(scene.tours.update_tour(tour.id, &patch).await.unwrap().slug, "the-forest-hiker");
    let patch: TourPatch = read(json!({"name": "The City Wanderer"}));
    assert_eq!(scene.tours.update_tour(tour.id, &patch).await.unwrap().slug, "the-city-wanderer");
    scene.tour("The Forest Hiker").await;
    // Another name with the same words gets a number.
    assert_eq!(scene.tour("The Forest, Hiker!").await.slug, "the-forest-hiker-2");
    scene.tours.delete_tour(tour.id).await.unwrap();
    scene.tour("The City Wanderer").await;
    let nobody = scene.tours.show_tour(&handle(tour.id), None).await.err().unwrap();
    assert_eq!(nobody.problem, Problem::NOT_FOUND);
}

#[tokio::test]
async fn in_a_storm_of_faults_the_catalogue_and_the_tours_stay_the_same() {
    let scene = Scene::open().await;
    let (environment, tours) = scene.environment();
    let storm = Storm { conflicts: 15, throttled: 5, lost_requests: 5, lost_replies: 10 };
    environment.faults.storm(7, storm);
    let mut made = 0;
    for number in 0..12 {
        let new: NewTour = read(tour_body(&format!("The Forest Hiker {number}"), |_| ()));
        made += usize::from(tours.create_tour(Once::default(), &new).await.is_ok());
    }
    let entities = scene.cloud.items_of(&scene.tours.table, "tour").await.len();
    assert_eq!(scene.names("").await.len(), entities, "{made} were answered");
    assert!(made > 0 && entities >= made);
}

#[tokio::test]
async fn who_dies_before_the_commit_has_changed_nothing() {
    let scene = Scene::open().await;
    let (environment, tours) = scene.environment();
    environment.faults.next("TransactWriteItems", Fault::DeathBefore);
    let new: NewTour = read(tour_body("The Forest Hiker", |_| ()));
    assert!(tours.create_tour(Once::default(), &new).await.is_err());
    assert!(scene.names("").await.is_empty());
    scene.tour("The Forest Hiker").await;
}
