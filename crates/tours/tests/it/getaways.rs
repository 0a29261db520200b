//! Weekends away, links by mail, the newest reviews, and what is known of people.

use contracts::bookings::BatchChanged;
use contracts::notifications::{Recipient, Send};
use contracts::reviews::{ReviewChanged, ShownReview};
use contracts::users::{ExportRequested, PartDone, UserErased};
use kernel::query::{Parameters, Params};
use kernel::{Problem, Role, UserId, time};
use messaging::{Incoming, part_key};
use platform::files::Read;
use serde_json::{Value, json};
use testkit::{client_at, read, received};
use tours::personal::Copier;
use tours::trek::getaway::{Activity, Blog, GetawayQuery, GetawayWish, Listable, NewGallery, Picture};
use tours::trek::invite::{Inviter, NOT_CUSTOM, NewInvite};
use tours::trek::list::Variant;
use tours::trek::show::LINK_EXPIRED;
use tours::trek::{TrekFacts, TrekId};
use web::Once;

use crate::common::{self, Scene, batch, caller, handle, trek_body};

fn weekend() -> Value {
    json!({
        "enabled": true, "transport": "A bus at ten", "departure_time": "Friday 22:00", "highlights": ["A fire"],
        "party": {"title": "By the lake", "items": ["Music"]},
        "activities": [{"name": "Kayaks"}, {"name": "Stars"}],
        "blogs": [{"title": "Two days", "url": "https://example.com/two-days"}],
        "gallery": [{"image": "lake.jpg", "category": "scenery"}, {"image": "soup.jpg", "category": "food"}],
    })
}

async fn list<T: Listable>(scene: &Scene, raw: &str) -> Vec<Value> {
    let mut params = Params::read(raw).unwrap();
    let query = GetawayQuery::<T>::take(&mut params);
    let query = params.finish(query).unwrap();
    scene.tours.list_of_getaways(&query).await.unwrap().data.into_iter().map(|it| it.0).collect()
}

#[tokio::test]
async fn weekends_away_are_listed_with_their_pictures_blogs_and_activities_while_they_are_on_sale() {
    let scene = Scene::open().await;
    let region = scene.region("Himalaya").await;
    let away = scene.trek_on_sale(region, |it| it["weekend_getaway"] = weekend()).await;
    scene.trek_on_sale(region, |it| it["name"] = json!("Everest")).await;
    let hidden = scene.trek(region, |it| it["weekend_getaway"] = weekend()).await;
    let names = async || scene.trek_names(Variant::Getaways, "", None).await;
    assert_eq!(names().await, ["Kedarkantha"]);
    let page = scene.tours.list_treks(Variant::Getaways, common::trek_query(""), None).await.unwrap();
    let entry = &page.data[0].0;
    assert_eq!(entry["weekend_getaway"]["party"]["title"], "By the lake");
    assert!(entry["weekend_getaway"].get("gallery").is_none());
    let all = scene.tours.list_treks(Variant::All, common::trek_query("is_weekend_getaway=true"), None);
    let all = all.await.unwrap();
    assert_eq!((all.results, all.data[0].0.get("weekend_getaway")), (1, None));

    let pictures = list::<Picture>(&scene, "category=food").await;
    assert_eq!((pictures.len(), &pictures[0]["image"]), (1, &json!("soup.jpg")));
    assert_eq!(pictures[0]["trek_id"], json!(away));
    assert_eq!(list::<Picture>(&scene, "").await.len(), 2);
    assert_eq!(list::<Blog>(&scene, "").await[0]["url"], "https://example.com/two-days");
    let activities = list::<Activity>(&scene, "sort=-name&fields=name").await;
    assert_eq!(
        activities.iter().map(|it| it["name"].as_str().unwrap()).collect::<Vec<_>>(),
        ["Stars", "Kayaks"]
    );

    let show = async |id: TrekId, who| scene.tours.show_getaway(&handle(id), who).await;
    assert_eq!(show(away, None).await.unwrap().trek.facts.weekend_getaway.unwrap().gallery.len(), 2);
    assert_eq!(show(hidden, None).await.err().unwrap().problem, Problem::NOT_FOUND);
    let admin = caller(&[Role::Admin]);
    assert!(show(hidden, Some(&admin)).await.is_ok());

    // Pictures are said anew; the toggle keeps them.
    let gallery: NewGallery = read(json!({"gallery": [{"image": "fire.jpg", "category": "people"}]}));
    scene.tours.replace_gallery(away, &gallery).await.unwrap();
    assert_eq!(list::<Picture>(&scene, "").await[0]["image"], "fire.jpg");
    scene.tours.offer_getaway(away, &GetawayWish { enabled: false }).await.unwrap();
    assert!(names().await.is_empty() && list::<Picture>(&scene, "").await.is_empty());
    assert!(list::<Blog>(&scene, "").await.is_empty() && list::<Activity>(&scene, "").await.is_empty());
    assert!(show(away, None).await.is_err());
    scene.tours.offer_getaway(away, &GetawayWish { enabled: true }).await.unwrap();
    assert_eq!(list::<Picture>(&scene, "").await.len(), 1);
    let sold_out = batch("trek", &away.to_string(), 2, |it: &mut BatchChanged| it.seats_left = 0);
    scene.tours.follow_departure(&received(sold_out)).await.unwrap();
    assert!(list::<Picture>(&scene, "").await.is_empty(), "nobody can go");
    let stranger = scene.tours.offer_getaway(TrekId::new(), &GetawayWish { enabled: true }).await;
    assert_eq!(stranger.err().unwrap().problem, Problem::NOT_FOUND);
}

#[tokio::test]
async fn the_link_of_a_trek_is_mailed_to_whom_it_was_made_for() {
    let scene = Scene::open().await;
    let region = scene.region("Himalaya").await;
    let custom = |expires: &str| {
        json!({
            "link_expires_at": expires, "start_date": "2098-01-01T00:00:00Z", "end_date": "2098-01-06T00:00:00Z",
            "max_participants": 6,
        })
    };
    let id = scene.trek(region, |it| it["custom"] = custom("2097-01-01T00:00:00Z")).await;
    let plain = scene.trek(region, |_| ()).await;
    let inviter = Inviter { tours: scene.tours.clone(), public_url: "https://caravan.example".into() };
    let invite = async |id, email: &str| {
        let new: NewInvite = read(json!({"email": email, "name": "Ada"}));
        inviter.invite(Once::default(), id, &new).await
    };
    for email in ["ada@example.com", "ada@example.com", "eve@example.com"] {
        invite(id, email).await.unwrap();
    }
    let mails: Vec<_> = scene.told().await.iter().filter_map(|it| Send::read(it).ok()).collect();
    assert_eq!(mails.len(), 3);
    assert_eq!(mails[0].key, mails[1].key, "the same mail");
    assert_ne!(mails[0].key, mails[2].key);
    assert_eq!(
        (mails[0].template.as_str(), &mails[0].variables["name"]),
        ("custom_trek_link", &"Ada".to_owned())
    );
    assert!(matches!(&mails[0].recipient, Recipient::Email(to) if to == "ada@example.com"));
    let link = &mails[0].variables["link"];
    let token = link.strip_prefix("https://caravan.example/api/v1/treks/custom/").unwrap();
    assert_eq!(scene.tours.show_custom_trek(&handle(token), &client_at("a")).await.unwrap().id, id);
    assert!(!mails[0].key.contains(token) && !mails[0].key.contains("ada@"));

    assert_eq!(invite(plain, "ada@example.com").await.err().unwrap().problem, NOT_CUSTOM);
    assert_eq!(invite(TrekId::new(), "a@b.example").await.err().unwrap().problem, Problem::NOT_FOUND);
    let over: TrekFacts =
        read(trek_body(&region.to_string(), |it| it["custom"] = custom("2020-01-01T00:00:00Z")));
    scene.tours.update_trek(id, &over).await.unwrap();
    assert_eq!(invite(id, "ada@example.com").await.err().unwrap().problem, LINK_EXPIRED);
}

fn review(tour: &str, number: i64, version: u64, text: Option<&str>) -> ReviewChanged {
    let shown = text.map(|text| ShownReview {
        author_id: Some(UserId::new()),
        author_name: Some("Ada".into()),
        author_photo: None,
        rating: 4,
        title: None,
        text: Some(text.into()),
        verified: true,
        imported: false,
        response: None,
        created_at: time::now() + time::minutes(number.unsigned_abs() * 60),
    });
    ReviewChanged {
        review_id: format!("review-{number}"),
        version,
        subject_kind: "tour".into(),
        subject_id: tour.into(),
        shown,
    }
}

#[tokio::test]
async fn the_newest_reviews_stand_on_the_page_and_go_when_they_are_taken_off() {
    let scene = Scene::open().await;
    let tour = scene.tour("The Forest Hiker").await;
    let id = tour.id.to_string();
    let follow = async |it: ReviewChanged| scene.tours.follow_review(&received(it)).await.unwrap();
    let texts = async || {
        let page = scene.tours.show_tour(&handle(tour.id), None).await.unwrap();
        page.reviews.into_iter().map(|it| it.text.unwrap()).collect::<Vec<_>>()
    };
    assert!(texts().await.is_empty());
    follow(review(&id, 1, 1, Some("one"))).await;
    follow(review(&id, 2, 3, Some("two, corrected"))).await;
    // Late, and again.
    follow(review(&id, 2, 2, Some("two"))).await;
    assert_eq!(texts().await, ["two, corrected", "one"]);
    // Rejected; and what was told before that comes once more.
    follow(review(&id, 2, 4, None)).await;
    follow(review(&id, 2, 3, Some("two, corrected"))).await;
    assert_eq!(texts().await, ["one"]);
    follow(review(&tours::tour::TourId::new().to_string(), 5, 1, Some("of nothing"))).await;
    assert_eq!(scene.cloud.items_of(&scene.tours.table, "reviews").await.len(), 1);
    // Ten at once, from two environments.
    let (_, elsewhere) = scene.environment();
    let all: Vec<_> = (10..20).map(|number| received(review(&id, number, 1, Some("more")))).collect();
    let (here, there) = all.split_at(5);
    let here = async {
        for it in here {
            scene.tours.follow_review(it).await.unwrap()
        }
    };
    let there = async {
        for it in there {
            elsewhere.follow_review(it).await.unwrap()
        }
    };
    tokio::join!(here, there);
    assert_eq!(texts().await.len(), 11);
    // Lists do not show them, and a page is still one read of the tour.
    assert!(
        scene.tours.list_tours(&common::tour_query("")).await.unwrap().data[0].0.get("reviews").is_none()
    );
}

#[tokio::test]
async fn somebody_gets_a_copy_of_what_is_known_and_is_erased_for_good() {
    let scene = Scene::open().await;
    let files = scene.cloud.bucket().await;
    let copier = Copier { table: scene.tours.table.clone(), files };
    let ada = UserId::new();
    let account = contracts::identity::AccountChanged {
        user_id: ada,
        version: 1,
        email: "ada@example.com".into(),
        given_name: "Ada".into(),
        family_name: "Lovelace".into(),
        roles: vec!["guide".into()],
        verified: true,
        active: true,
        username: None,
        phone: None,
        group_id: None,
        created_at: None,
    };
    let account = tours::guide::PersonTold::Account(account);
    scene.tours.keep_guide(&account).await.unwrap();
    let asked = received(ExportRequested { user_id: ada, export_id: "01JD2QK8N4M5V6W7X8Y9ZABCDE".into() });
    copier.export(&asked).await.unwrap();
    copier.export(&asked).await.unwrap();
    let Some(Read::File(part)) =
        scene.cloud.files_aside().read(&part_key(&asked.export_id, "tours"), 100_000).await.unwrap()
    else {
        panic!("no part");
    };
    let part: Value = serde_json::from_slice(&part).unwrap();
    assert_eq!(part["known_as"][0]["name"], "Ada Lovelace");
    let erased = received(UserErased { user_id: ada });
    scene.tours.erase_traveller(&erased).await.unwrap();
    scene.tours.erase_traveller(&erased).await.unwrap();
    scene.tours.keep_guide(&account).await.unwrap();
    let parts: Vec<_> = scene.told().await.iter().filter_map(|it| PartDone::read(it).ok()).collect();
    let exports: Vec<_> = parts.iter().map(|it| (it.context.as_str(), it.export_id.as_deref())).collect();
    assert_eq!(exports, [("tours", Some(asked.export_id.as_str())), ("tours", None)]);
    for item in scene.cloud.items(&scene.tours.table).await {
        assert!(!format!("{item:?}").contains("Lovelace"));
    }
}

#[tokio::test]
async fn everything_can_be_told_again() {
    let scene = Scene::open().await;
    let tour = scene.tour("The Forest Hiker").await;
    let region = scene.region("Himalaya").await;
    let trek = scene.trek(region, |_| ()).await;
    let section = read(json!({"name": "Winter"}));
    scene.tours.create_section(Once::default(), &section).await.unwrap();
    let mut told = Vec::new();
    for item in scene.cloud.items(&scene.tours.table).await {
        told.extend(tours::snapshot(item).unwrap().map(|it| (it.envelope.kind, it.envelope.subject_id)));
    }
    told.sort();
    let kinds: Vec<_> = told.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(
        kinds,
        ["tours.region.changed", "tours.section.changed", "tours.tour.updated", "tours.trek.updated"]
    );
    assert_eq!((&told[2].1, &told[3].1), (&tour.id.to_string(), &trek.to_string()));
}
