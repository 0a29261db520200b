//! Tours: what reviews, bookings and identity tell of them, and what moves in from elsewhere.

use contracts::bookings::BatchChanged;
use contracts::identity::AccountChanged;
use contracts::users::{ProfileChanged, UserErased};
use kernel::page::PageRequest;
use kernel::{Role, UserId};
use serde_json::{Value, json};
use store::Pager;
use testkit::{read, received};
use tours::guide::PersonTold;
use tours::tour::TourView;
use tours::tour::body::TourPatch;
use tours::tour::import::{Outcome, TourImport};
use tours::tour::mine::Traveller;
use tours::tour::write::BOOKED;

use crate::common::{Scene, batch, booking, booking_told, caller, handle, part, rating, tour_query};

async fn shown(scene: &Scene, tour: &TourView) -> TourView {
    scene.tours.show_tour(&handle(tour.id), None).await.unwrap().tour
}

async fn listed(scene: &Scene) -> Value {
    scene.tours.list_tours(&tour_query("")).await.unwrap().data[0].0.clone()
}

#[tokio::test]
async fn the_newest_rating_wins_and_being_told_twice_changes_nothing() {
    let scene = Scene::open().await;
    let tour = scene.tour("The Forest Hiker").await;
    assert_eq!((tour.ratings_average, tour.ratings_quantity), (4.5, 0));
    let id = tour.id.to_string();
    let second = received(rating("tour", &id, 2, 17, 4));
    scene.tours.follow_rating(&second).await.unwrap();
    scene.tours.follow_rating(&second).await.unwrap();
    scene.tours.follow_rating(&received(rating("tour", &id, 1, 5, 1))).await.unwrap();
    let rated = shown(&scene, &tour).await;
    assert_eq!((rated.ratings_average, rated.ratings_quantity), (4.3, 4));
    assert_eq!(listed(&scene).await["ratingsAverage"], 4.3);
    // No review is left.
    scene.tours.follow_rating(&received(rating("tour", &id, 3, 0, 0))).await.unwrap();
    assert_eq!(shown(&scene, &tour).await.ratings_average, 4.5);
    // Of what is not here, nothing is kept, and nothing fails.
    let stranger = rating("tour", &tours::tour::TourId::new().to_string(), 1, 5, 1);
    scene.tours.follow_rating(&received(stranger)).await.unwrap();
    scene.tours.follow_rating(&received(rating("worker", &id, 9, 5, 1))).await.unwrap();
    assert_eq!(shown(&scene, &tour).await.ratings_average, 4.5);
}

#[tokio::test]
async fn a_patch_keeps_what_reviews_told() {
    let scene = Scene::open().await;
    let tour = scene.tour("The Forest Hiker").await;
    scene.tours.follow_rating(&received(rating("tour", &tour.id.to_string(), 1, 5, 1))).await.unwrap();
    let patch: TourPatch = read(json!({"price": 49_700, "summary": "Another"}));
    let changed = scene.tours.update_tour(tour.id, &patch).await.unwrap();
    assert_eq!((changed.ratings_average, changed.price, changed.summary.as_str()), (5.0, 49_700, "Another"));
    assert_eq!(listed(&scene).await["price"], 49_700);
}

#[tokio::test]
async fn departures_take_the_place_of_the_dates_that_were_posted() {
    let scene = Scene::open().await;
    let posted = json!(["2026-06-19T09:00:00Z", "2026-07-20T09:00:00Z"]);
    let tour = scene.tour_with("The Forest Hiker", |it| it["startDates"] = posted).await;
    assert_eq!(tour.start_dates.len(), 2);
    let plan = scene.tours.monthly_plan(&part("2026")).await.unwrap();
    assert_eq!(plan.data.iter().map(|row| row.month).collect::<Vec<_>>(), [6, 7]);
    let id = tour.id.to_string();
    let day = |text: &str| -> kernel::Timestamp { text.parse().unwrap() };
    let (june, july) = (day("2026-06-19T09:00:00Z"), day("2026-07-20T09:00:00Z"));
    let moved = day("2027-06-19T09:00:00Z");
    let first = batch("tour", &id, 1, |it| {
        (it.start_date, it.end_date, it.posted_start) = (moved, moved, Some(june));
    });
    // What became of the other date is not known yet.
    scene.tours.follow_departure(&received(first.clone())).await.unwrap();
    assert_eq!(shown(&scene, &tour).await.start_dates, [july, moved]);
    let plan = scene.tours.monthly_plan(&part("2026")).await.unwrap();
    assert_eq!(plan.data.iter().map(|row| row.month).collect::<Vec<_>>(), [7]);
    let second = batch("tour", &id, 1, |it| {
        it.batch_id = "second".into();
        (it.start_date, it.end_date, it.posted_start) = (july, july, Some(july));
    });
    scene.tours.follow_departure(&received(second.clone())).await.unwrap();
    assert_eq!(shown(&scene, &tour).await.start_dates, [july, moved]);
    // Cancelled: neither starts any more, and an older message does not bring one back.
    for departure in [&first, &second] {
        let with =
            |version, status: &str| BatchChanged { status: status.into(), version, ..departure.clone() };
        scene.tours.follow_departure(&received(with(3, "cancelled"))).await.unwrap();
        scene.tours.follow_departure(&received(with(2, "upcoming"))).await.unwrap();
    }
    assert!(shown(&scene, &tour).await.start_dates.is_empty());
    assert_eq!(scene.tours.monthly_plan(&part("2027")).await.unwrap().results, 0);
}

#[tokio::test]
async fn a_booked_seat_changes_no_list_and_keeps_the_tour() {
    let scene = Scene::open().await;
    let tour = scene.tour("The Forest Hiker").await;
    let id = tour.id.to_string();
    let first = batch("tour", &id, 1, |_| ());
    scene.tours.follow_departure(&received(first.clone())).await.unwrap();
    let heads = async || scene.cloud.items_of(&scene.tours.table, "catalogue-head").await;
    let before = heads().await;
    let booked = BatchChanged { version: 2, seats_left: 8, seats_taken: 2, ..first.clone() };
    scene.tours.follow_departure(&received(booked)).await.unwrap();
    assert_eq!(heads().await, before);
    assert_eq!(scene.tours.delete_tour(tour.id).await.err().unwrap().problem, BOOKED);
    let cancelled = BatchChanged { version: 3, status: "cancelled".into(), seats_taken: 0, ..first };
    scene.tours.follow_departure(&received(cancelled)).await.unwrap();
    scene.tours.delete_tour(tour.id).await.unwrap();
    assert!(scene.names("").await.is_empty());
    assert!(scene.cloud.items_of(&scene.tours.table, "departures").await.is_empty());
}

#[tokio::test]
async fn what_happened_is_told_in_the_same_transaction() {
    let scene = Scene::open().await;
    let tour = scene.tour("The Forest Hiker").await;
    let patch: TourPatch = read(json!({"price": 49_700}));
    scene.tours.update_tour(tour.id, &patch).await.unwrap();
    scene.tours.delete_tour(tour.id).await.unwrap();
    let told = scene.told().await;
    let kinds: Vec<_> = told.iter().map(|it| (it.kind.as_str(), it.data["version"].as_u64())).collect();
    let expected = [
        ("tours.tour.created", None),
        ("tours.tour.updated", Some(1)),
        ("tours.tour.updated", Some(2)),
        ("tours.tour.deleted", None),
        ("tours.tour.updated", Some(3)),
    ];
    assert_eq!(kinds, expected);
    assert_eq!(told[4].data["deleted"], true);
}

#[tokio::test]
async fn guides_are_shown_by_name_and_others_are_not() {
    let scene = Scene::open().await;
    let (guide, member) = (UserId::new(), UserId::new());
    let account = |user_id, version, name: &str, role: &str| {
        PersonTold::Account(AccountChanged {
            user_id,
            version,
            email: "ada@example.com".into(),
            given_name: name.into(),
            family_name: "Lovelace".into(),
            roles: vec!["user".into(), role.into()],
            verified: true,
            active: true,
            username: None,
            phone: None,
            group_id: None,
            created_at: None,
        })
    };
    let profile = PersonTold::Profile(ProfileChanged {
        user_id: guide,
        version: 1,
        display_name: "Ada".into(),
        photo: Some("ada.jpg".into()),
        language: "en".into(),
        timezone: "UTC".into(),
        active: true,
    });
    let all = [
        profile,
        account(guide, 2, "Ada", "lead-guide"),
        account(guide, 1, "Old", "user"),
        account(member, 1, "Eve", "worker"),
    ];
    for told in &all {
        scene.tours.keep_guide(told).await.unwrap();
    }
    let tour = scene.tour_with("The Forest Hiker", |it| it["guides"] = json!([member, guide])).await;
    let guides = shown(&scene, &tour).await.guides;
    assert_eq!((guides[0].id, &guides[0].name), (member, &None));
    assert_eq!(guides[1].name.as_deref(), Some("Ada Lovelace"));
    assert_eq!(
        (guides[1].role.as_deref(), guides[1].photo.as_deref()),
        (Some("lead-guide"), Some("ada.jpg"))
    );
    // Erased, and told of once more by a late message.
    scene.tours.erase_traveller(&received(UserErased { user_id: guide })).await.unwrap();
    scene.tours.keep_guide(&account(guide, 9, "Ada", "lead-guide")).await.unwrap();
    assert_eq!(shown(&scene, &tour).await.guides[1].name, None);
}

fn moved_in() -> Value {
    let tour = |id: u64, name: &str| {
        json!({
            "id": id, "name": name, "duration": 5, "maxGroupSize": 25, "difficulty": "easy", "ratingsAverage": 4.7,
            "ratingsQuantity": 37, "price": 397, "summary": "Breathtaking hike", "description": "Ut enim",
            "imageCover": "tour-1-cover.jpg", "images": ["tour-1-1.jpg"], "startDates": ["2021-04-25,10:00"],
        })
    };
    json!([tour(0, "The Forest Hiker"), tour(1, "The Sea Explorer")])
}

#[tokio::test]
async fn an_import_makes_what_is_missing_and_nothing_twice() {
    let scene = Scene::open().await;
    let outcomes = async |body: Value| {
        let import: TourImport = read(body);
        let made = scene.tours.import_tours(import).await.unwrap();
        made.into_iter().map(|it| it.outcome).collect::<Vec<_>>()
    };
    let one = json!([moved_in()[1]]);
    assert_eq!(outcomes(one).await, [Outcome::Created]);
    assert_eq!(outcomes(moved_in()).await, [Outcome::Created, Outcome::Existing]);
    assert_eq!(outcomes(moved_in()).await, [Outcome::Existing, Outcome::Existing]);
    let mut other = moved_in()[0].clone();
    other["id"] = json!(7);
    assert_eq!(outcomes(json!({"tours": [other], "currency": "EUR"})).await, [Outcome::NameTaken]);
    let page = scene.tours.list_tours(&tour_query("sort=name")).await.unwrap();
    assert_eq!(page.results, 2);
    let first = &page.data[0].0;
    assert_eq!(
        (&first["price"], &first["ratingsAverage"], &first["ratingsQuantity"]),
        (&json!(39_700), &json!(4.7), &json!(37))
    );
    // What reviews tell wins over what was imported.
    let id = first["id"].as_str().unwrap().to_owned();
    scene.tours.follow_rating(&received(rating("tour", &id, 1, 3, 1))).await.unwrap();
    assert_eq!(scene.tours.show_tour(&handle(id), None).await.unwrap().tour.ratings_average, 3.0);
}

#[tokio::test]
async fn a_broken_import_makes_nothing_and_names_every_mistake() {
    let scene = Scene::open().await;
    let mut body = moved_in();
    body[0]["price"] = json!(0.001);
    body[1]["ratingsAverage"] = json!(7);
    let import: TourImport = read(body);
    let failure = scene.tours.import_tours(import).await.unwrap_err();
    let pointers: Vec<_> = failure.errors.iter().map(|error| error.pointer.as_str()).collect();
    assert_eq!(pointers, ["/tours/0/price", "/tours/1/ratingsAverage"]);
    assert!(scene.names("").await.is_empty());
}

#[tokio::test]
async fn six_imports_at_once_are_one() {
    let scene = Scene::open().await;
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let (_, tours) = scene.environment();
        all.spawn(async move { tours.import_tours(read(moved_in())).await.unwrap() });
    }
    let outcomes: Vec<_> = all.join_all().await.into_iter().flatten().collect();
    assert_eq!(outcomes.iter().filter(|it| it.outcome == Outcome::Created).count(), 2);
    assert!(outcomes.iter().all(|it| it.id.is_some()));
    assert_eq!(scene.names("").await.len(), 2);
}

#[tokio::test]
async fn a_bad_pair_is_refused_before_anything_is_searched() {
    let scene = Scene::open().await;
    scene.cloud.faults().forget();
    let within = scene.tours.tours_within(&part("200"), &part("34.1"), &part("mi")).await.unwrap_err();
    assert_eq!(within.errors[0].pointer, "latlng");
    let distances = scene.tours.tour_distances(&part("200,34"), &part("mi")).await.unwrap_err();
    assert_eq!(distances.problem.status, 400);
    assert!(scene.tours.tour_distances(&part("34,-118"), &part("parsecs")).await.is_err());
    assert!(scene.tours.monthly_plan(&part("next")).await.is_err());
    assert_eq!(scene.cloud.faults().total(), 0);
}

#[tokio::test]
async fn distances_come_nearest_first_and_within_counts_the_border() {
    let scene = Scene::open().await;
    for (name, lng) in [("The Far Explorer", -100.0), ("The Near Explorer", -117.0)] {
        scene.tour_with(name, |it| it["startLocation"] = json!({"coordinates": [lng, 34.0]})).await;
    }
    scene.tour("The Nowhere Hiker").await;
    let (here, km) = (part("34,-118"), part("km"));
    let found = scene.tours.tour_distances(&here, &km).await.unwrap().data;
    assert_eq!(
        found.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(),
        ["The Near Explorer", "The Far Explorer"]
    );
    // A degree of longitude at 34 degrees north: 111.32 km · cos 34°.
    assert!((found[0].distance - 92.29).abs() < 0.5, "{}", found[0].distance);
    for (distance, count) in [("92", 0), ("93", 1), ("20000", 2)] {
        let within = scene.tours.tours_within(&part(distance), &here, &km).await.unwrap();
        assert_eq!(within.results, count, "{distance}");
    }
    let miles = scene.tours.tour_distances(&here, &part("mi")).await.unwrap().data;
    assert!((miles[0].distance / found[0].distance - 0.621_371).abs() < 1e-6);
}

#[tokio::test]
async fn somebody_sees_the_tours_they_booked_until_they_are_erased() {
    let scene = Scene::open().await;
    let (first, second) = (scene.tour("The Forest Hiker").await, scene.tour("The Sea Explorer").await);
    let ada = caller(&[Role::User]);
    let follow = async |user_id, tour: &TourView, version, status: &str| {
        let facts = booking(user_id, "tour", tour.id, version, status, 1);
        scene.tours.follow_booking(&booking_told(facts)).await.unwrap();
    };
    for tour in [&first, &second] {
        follow(ada.user_id, tour, 2, "paid").await;
        follow(ada.user_id, tour, 3, "confirmed").await;
        follow(UserId::new(), tour, 2, "confirmed").await;
    }
    let traveller =
        Traveller { tours: scene.tours.clone(), pager: Pager::new("a key that is long enough for cursors") };
    let list = async |cursor| {
        let request = PageRequest { limit: 1, cursor };
        traveller.list_own_tours(&ada, &request).await.unwrap()
    };
    let page = list(None).await;
    assert_eq!(page.data[0].name, "The Sea Explorer");
    assert_eq!(list(page.meta.next_cursor).await.data[0].name, "The Forest Hiker");
    follow(ada.user_id, &second, 4, "cancelled").await;
    assert!(list(None).await.data.is_empty());
    scene.tours.erase_traveller(&received(UserErased { user_id: ada.user_id })).await.unwrap();
    // A booking of before that is told of late counts, and brings nobody back.
    follow(ada.user_id, &second, 5, "confirmed").await;
    assert!(list(None).await.meta.next_cursor.is_none());
    assert_eq!(scene.cloud.items_of(&scene.tours.table, "booked").await.len(), 2, "the other's");
}
