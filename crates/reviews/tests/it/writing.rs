//! Who may write, change and see a review.

use contracts::bookings::BookingRestored;
use contracts::orders::{OrderChanged, OrderLine};
use contracts::reviews::RatingRecalculated;
use kernel::{Role, time};
use reviews::create::NewReview;
use reviews::edit::ReviewPatch;
use reviews::subject::{Kind, Subject};
use serde_json::json;
use testkit::{Fault, read};
use web::Once;

use crate::common::{self, Scene, all_of, booking, caller, cancelled, code, completed, confirmed, written};

#[tokio::test]
async fn who_was_there_reviews_a_tour_once_and_its_rating_follows() {
    let scene = Scene::open().await;
    let tour = scene.tour().await;
    let ada = scene.traveller(&tour).await;
    scene.profile(ada.user_id, "Ada L.").await;
    let review = scene.review(&ada, &tour, 5).await.unwrap();
    let author = review.author.unwrap();
    assert_eq!((author.id, author.name.as_deref()), (Some(ada.user_id), Some("Ada L.")));
    assert!(review.verified && !review.imported && !review.held);
    assert_eq!(code(scene.review(&ada, &tour, 1).await), "already-reviewed");
    let (_, _) = scene.reviewed(&tour, 2).await;
    let rating = scene.rating(&tour).await;
    assert_eq!((rating.average, rating.count, rating.recommend_rate), (3.5, 2, 50));
    let told: Vec<RatingRecalculated> = scene
        .told("reviews.rating.recalculated")
        .await
        .into_iter()
        .map(|it| serde_json::from_value(it).unwrap())
        .collect();
    assert_eq!(
        told.iter().map(|it| (it.version, it.sum, it.count)).collect::<Vec<_>>(),
        [(1, 5, 1), (2, 7, 2)]
    );
}

#[tokio::test]
async fn who_was_not_there_reviews_nothing() {
    let scene = Scene::open().await;
    let tour = scene.tour().await;
    let stranger = caller(&[Role::User, Role::Admin]);
    assert_eq!(code(scene.review(&stranger, &tour, 5).await), "review-not-eligible");
    let nowhere = Subject::told("tour", "01JD2QK8N4M5V6W7X8Y9ZABCDE").unwrap();
    assert_eq!(code(scene.review(&stranger, &nowhere, 5).await), "not-found");

    let early = caller(&[Role::User]);
    scene.sale(&confirmed(&early, &tour, 3)).await;
    assert_eq!(code(scene.review(&early, &tour, 5).await), "review-not-eligible");
    assert_eq!(scene.rating(&tour).await.count, 0);
}

#[tokio::test]
async fn a_cancelled_booking_opens_nothing_in_whatever_order_it_is_told() {
    let scene = Scene::open().await;
    let tour = scene.tour().await;
    let now = time::now();
    let ada = caller(&[Role::User]);
    scene.sale_at(&cancelled(&ada, &tour, -1), now).await;
    scene.sale_at(&confirmed(&ada, &tour, -1), now - time::hours(1)).await;
    assert_eq!(code(scene.review(&ada, &tour, 5).await), "review-not-eligible");
    scene.sale_at(&BookingRestored { booking: booking(&ada, &tour, -1) }, now + time::seconds(1)).await;
    scene.review(&ada, &tour, 5).await.unwrap();
}

#[tokio::test]
async fn what_was_completed_is_asked_for_once_and_stays_open() {
    let scene = Scene::open().await;
    let tour = scene.tour().await;
    let ada = caller(&[Role::User]);
    scene.sale(&completed(&ada, &tour)).await;
    scene.sale(&completed(&ada, &tour)).await;
    scene.sale(&cancelled(&ada, &tour, -1)).await;
    assert_eq!(scene.told("reviews.invite.due").await.len(), 1);
    scene.review(&ada, &tour, 5).await.unwrap();
}

#[tokio::test]
async fn a_delivered_product_is_reviewed_as_bought() {
    let scene = Scene::open().await;
    let buyer = caller(&[Role::User]);
    let line = |product: &str, delivered| OrderLine {
        product_id: product.into(),
        product_name: "Tent".into(),
        delivered,
    };
    let order = OrderChanged {
        order_id: "order-1".into(),
        version: 3,
        user_id: buyer.user_id,
        status: "delivered".into(),
        lines: vec![line("tent", true), line("stove", false)],
    };
    scene.sale(&order).await;
    scene.sale(&order).await;
    assert_eq!(scene.told("reviews.invite.due").await.len(), 1);
    let (tent, stove) =
        (Subject::told("product", "tent").unwrap(), Subject::told("product", "stove").unwrap());
    let only_stars = written(json!({"rating": 4}));
    let review = scene.reviews.create(&buyer, Once::default(), &tent, &only_stars).await.unwrap().body;
    assert!(review.verified && review.text.is_none());
    assert_eq!(code(scene.review(&buyer, &stove, 4).await), "not-found");
}

#[tokio::test]
async fn a_review_says_how_many_stars_and_of_a_tour_why() {
    let scene = Scene::open().await;
    let tour = scene.tour().await;
    let ada = scene.traveller(&tour).await;
    for body in [json!({"rating": 0, "text": "x"}), json!({"rating": 6, "text": "x"}), json!({"rating": 5})] {
        let made = scene.reviews.create(&ada, Once::default(), &tour, &written(body.clone())).await;
        assert_eq!(code(made), "invalid-request", "{body}");
    }
    // The author is nobody's to name.
    let foreign = json!({"rating": 5, "text": "x", "user": "somebody else", "tour": tour.id.to_string()});
    assert!(deserr::deserialize::<NewReview, _, kernel::FieldErrors>(foreign).is_err());
    let natours: NewReview = read(json!({"rating": 5, "review": "Great", "tour": tour.id.to_string()}));
    let (subject, written) = natours.read().unwrap();
    assert_eq!(subject.kind, Kind::Tour);
    let made = scene.reviews.create(&ada, Once::default(), &subject, &written).await.unwrap();
    assert_eq!(made.body.text.as_deref(), Some("Great"));
}

#[tokio::test]
async fn only_the_author_and_administrators_change_or_delete() {
    let scene = Scene::open().await;
    let tour = scene.tour().await;
    let (ada, review) = scene.reviewed(&tour, 5).await;
    let (eve, admin) = (caller(&[Role::User, Role::Guide]), caller(&[Role::Admin]));
    let patch: ReviewPatch = read(json!({"rating": 1}));
    assert_eq!(code(scene.reviews.update(&eve, review.id, &patch).await), "forbidden");
    assert_eq!(code(scene.reviews.delete(&eve, review.id).await), "forbidden");
    assert_eq!(scene.rating(&tour).await.average, 5.0);

    let changed = scene.reviews.update(&ada, review.id, &read(json!({"rating": 3}))).await.unwrap();
    assert_eq!((changed.rating, changed.text.as_deref()), (3, Some("Worth every step.")));
    assert_eq!((scene.rating(&tour).await.average, scene.rating(&tour).await.distribution["3"]), (3.0, 1));
    scene.reviews.update(&admin, review.id, &patch).await.unwrap();
    scene.reviews.delete(&ada, review.id).await.unwrap();
    assert_eq!(code(scene.reviews.delete(&ada, review.id).await), "not-found");
    assert_eq!(scene.rating(&tour).await.count, 0);
    // The place is free again.
    scene.review(&ada, &tour, 4).await.unwrap();
}

#[tokio::test]
async fn what_is_said_of_a_secret_tour_is_secret() {
    let scene = Scene::open().await;
    let tour = scene.tour().await;
    let (ada, review) = scene.reviewed(&tour, 5).await;
    let (eve, guide) = (caller(&[Role::User]), caller(&[Role::Guide]));
    scene.retell(&tour, |tour| tour.secret = true).await;

    let reader = &scene.reader;
    for who in [None, Some(&eve)] {
        assert_eq!(code(reader.of_subject(&tour, &common::query_of(""), who).await), "not-found");
        assert_eq!(code(reader.rating(&tour, who).await), "not-found");
    }
    assert_eq!(code(scene.reviews.show(&eve, review.id).await), "not-found");
    assert_eq!(code(scene.review(&eve, &tour, 5).await), "not-found");
    assert!(reader.all(&eve, &all_of("")).await.unwrap().data.is_empty());
    let by_ada = all_of(&format!("user={}", ada.user_id));
    assert!(reader.all(&eve, &by_ada).await.unwrap().data.is_empty());
    assert_eq!(reader.all(&ada, &by_ada).await.unwrap().data.len(), 1);
    assert_eq!(scene.stars(&tour, "", Some(&guide)).await, [5]);
    // Who has booked it may review it.
    let booked = scene.traveller(&tour).await;
    scene.review(&booked, &tour, 3).await.unwrap();

    scene.retell(&tour, |tour| (tour.version, tour.deleted) = (3, true)).await;
    assert_eq!(code(reader.of_subject(&tour, &common::query_of(""), Some(&guide)).await), "not-found");
    // Older news do not bring it back.
    scene.retell(&tour, |_| ()).await;
    assert_eq!(code(reader.of_subject(&tour, &common::query_of(""), Some(&guide)).await), "not-found");
}

#[tokio::test]
async fn lists_are_filtered_sorted_and_paged() {
    let scene = Scene::open().await;
    let tour = scene.tour().await;
    for stars in [3, 5, 1, 4, 5, 2] {
        scene.reviewed(&tour, stars).await;
    }
    let stars = async |query: &str| scene.stars(&tour, query, None).await;
    assert_eq!(stars("").await, [2, 5, 4, 1, 5, 3]);
    assert_eq!(stars("sort=created_at").await, [3, 5, 1, 4, 5, 2]);
    assert_eq!(stars("sort=-rating").await, [5, 5, 4, 3, 2, 1]);
    assert_eq!(stars("sort=rating").await, [1, 2, 3, 4, 5, 5]);
    assert_eq!(stars("rating[gte]=4").await, [5, 4, 5]);
    assert_eq!(stars("min_rating=4&sort=rating").await, [4, 5, 5]);
    assert_eq!(stars("rating=1&rating=2").await, [2, 1]);
    assert_eq!(stars("limit=2&page=2").await, [4, 1]);
    assert_eq!(stars("limit=4&page=2&sort=-rating").await, [2, 1]);
    for query in ["", "sort=created_at", "sort=-rating", "rating[gte]=3&sort=rating", "rating[ne]=5"] {
        let (mut paged, mut cursor) = (Vec::new(), String::new());
        loop {
            let raw = format!("limit=2&{query}{cursor}");
            let page = scene.reader.of_subject(&tour, &common::query_of(&raw), None).await.unwrap();
            paged.extend(page.data.iter().map(|it| it.0["rating"].as_u64().unwrap()));
            match page.meta.next_cursor {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(paged, stars(query).await, "{query}");
    }
    let page = scene.reader.of_subject(&tour, &common::query_of("rating[gte]=4&fields=rating"), None).await;
    let page = page.unwrap();
    assert_eq!((page.meta.total, page.results), (Some(3), 3));
    assert_eq!(page.data[0].0.as_object().unwrap().len(), 2);
    let own = scene.reader.all(&caller(&[Role::User]), &all_of("rating=5&limit=1")).await.unwrap();
    assert_eq!((own.results, own.meta.next_cursor.is_some()), (1, true));
}

#[tokio::test]
async fn a_page_costs_a_page_and_a_review_five_calls() {
    let scene = Scene::open().await;
    let tour = scene.tour().await;
    for stars in [5, 4, 5, 3, 5, 1, 5, 5] {
        scene.reviewed(&tour, stars).await;
    }
    let cost = async |query: &str| {
        let before = (scene.cloud.faults().total(), scene.cloud.faults().scanned());
        scene.stars(&tour, query, None).await;
        (scene.cloud.faults().total() - before.0, scene.cloud.faults().scanned() - before.1)
    };
    assert_eq!(cost("limit=2").await, (2, 3));
    assert_eq!(cost("limit=2&sort=-rating").await, (2, 3));
    // A lane for each number of stars that passes, and nothing that is not shown.
    assert_eq!(cost("limit=20&rating[lte]=3").await, (4, 2));
    let ada = scene.traveller(&tour).await;
    let before = scene.cloud.faults().total();
    scene.review(&ada, &tour, 5).await.unwrap();
    // The fifth is the allowance's.
    assert_eq!(scene.cloud.faults().total() - before, 4);
}

#[tokio::test]
async fn a_review_whose_answer_got_lost_is_there_once() {
    let scene = Scene::open().await;
    let tour = scene.tour().await;
    let ada = scene.traveller(&tour).await;
    scene.cloud.faults().next("TransactWriteItems", Fault::LostReply);
    scene.review(&ada, &tour, 5).await.unwrap();
    scene.cloud.faults().next("TransactWriteItems", Fault::Conflict);
    let (_, review) = scene.reviewed(&tour, 3).await;
    assert_eq!((scene.rating(&tour).await.count, review.rating), (2, 3));
}
