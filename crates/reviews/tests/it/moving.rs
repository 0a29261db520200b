//! Reviews that move in from elsewhere, and people who leave.

use contracts::users::{ExportRequested, UserErased};
use kernel::UserId;
use messaging::part_key;
use reviews::import::{Import, Outcome};
use reviews::list::Reader;
use reviews::personal::Copier;
use serde_json::{Value, json};
use testkit::{read, received};

use crate::common::{self, Scene, code, stored_rating};

fn import(reviews: Vec<Value>) -> Import {
    read(json!({ "reviews": reviews }))
}

fn old(source: &str, subject: &reviews::subject::Subject, rating: u8, author: Value) -> Value {
    json!({
        "source_id": source, "subject_kind": subject.kind, "subject_id": subject.id, "author": author,
        "rating": rating, "text": "Cras mollis nisi parturient mi nec aliquet", "created_at": "2019-03-04T10:00:00Z",
    })
}

#[tokio::test]
async fn an_import_keeps_date_and_name_and_makes_the_rating_right() {
    let scene = Scene::open().await;
    let tour = scene.tour().await;
    scene.reviewed(&tour, 1).await;
    let user = UserId::new();
    scene.profile(user, "Ada L.").await;
    let reviews = vec![
        old("a", &tour, 5, json!({"user_id": user})),
        old("b", &tour, 4, json!({"name": "Lourdes Browning", "email": "loulou@example.com"})),
        old("c", &tour, 4, json!({"name": "Somebody"})),
    ];
    let outcomes = scene.reviews.import(&import(reviews.clone())).await.unwrap();
    assert!(outcomes.iter().all(|it| it.outcome == Outcome::Created));
    let again = scene.reviews.import(&import(reviews)).await.unwrap();
    assert!(
        again.iter().zip(&outcomes).all(|(it, first)| it.outcome == Outcome::Existing && it.id == first.id)
    );
    let rating = stored_rating(&scene, &tour).await;
    assert_eq!((rating.sum, rating.count), (14, 4));

    let page = scene.reader.of_subject(&tour, &common::query_of(""), None).await.unwrap();
    assert_eq!(page.data[0].0["rating"], 1, "what was written here is newer");
    let named = |name: &str| page.data.iter().find(|it| it.0["author"]["name"] == name).unwrap().0.clone();
    let lourdes = named("Lourdes Browning");
    assert_eq!(
        (&lourdes["created_at"], &lourdes["imported"]),
        (&json!("2019-03-04T10:00:00Z"), &json!(true))
    );
    assert!(lourdes["author"].get("id").is_none());
    assert_eq!(named("Ada L.")["author"]["id"], user.to_string());
    // The address is not kept.
    let items = scene.cloud.items(&scene.reviews.table).await;
    assert!(!format!("{items:?}").contains("loulou@"));
}

#[tokio::test]
async fn an_author_has_one_review_of_a_thing_also_by_import() {
    let scene = Scene::open().await;
    let tour = scene.tour().await;
    let (ada, _) = scene.reviewed(&tour, 5).await;
    let mail = json!({"name": "Lourdes", "email": "loulou@example.com"});
    let nowhere = reviews::subject::Subject::told("tour", "nowhere").unwrap();
    let outcomes = scene
        .reviews
        .import(&import(vec![
            old("a", &tour, 1, json!({"user_id": ada.user_id})),
            old("b", &tour, 4, mail.clone()),
            old("c", &tour, 2, mail),
            old("d", &nowhere, 2, json!({"name": "Nobody"})),
        ]))
        .await
        .unwrap();
    let outcomes: Vec<_> = outcomes.iter().map(|it| it.outcome).collect();
    let expected =
        [Outcome::AlreadyReviewed, Outcome::Created, Outcome::AlreadyReviewed, Outcome::SubjectUnknown];
    assert_eq!(outcomes, expected);
    assert_eq!(scene.rating(&tour).await.count, 2);
    // Who moved in with a review does not write a second one.
    let moved = scene.traveller(&tour).await;
    scene.reviews.import(&import(vec![old("e", &tour, 3, json!({"user_id": moved.user_id}))])).await.unwrap();
    assert_eq!(code(scene.review(&moved, &tour, 5).await), "already-reviewed");
}

#[tokio::test]
async fn nothing_is_imported_before_everything_is_read() {
    let scene = Scene::open().await;
    let tour = scene.tour().await;
    let fine = old("a", &tour, 5, json!({"name": "Lourdes"}));
    let mut broken = old("b", &tour, 9, json!({}));
    broken["created_at"] = json!("2999-01-01T00:00:00Z");
    let failure = scene.reviews.import(&import(vec![fine, broken])).await.err().unwrap();
    let pointers: Vec<_> = failure.errors.iter().map(|it| it.pointer.as_str()).collect();
    assert_eq!(pointers, ["/reviews/1/rating", "/reviews/1/author", "/reviews/1/created_at"]);
    assert!(scene.cloud.items_of(&scene.reviews.table, "review").await.is_empty());
}

#[tokio::test]
async fn whoever_leaves_takes_the_name_along_and_leaves_the_stars() {
    let scene = Scene::open().await;
    let tour = scene.tour().await;
    let ada = scene.traveller(&tour).await;
    scene.profile(ada.user_id, "Ada L.").await;
    let review = scene.review(&ada, &tour, 4).await.unwrap();
    let (_, other) = scene.reviewed(&tour, 2).await;
    scene.reviews.vote_helpful(&ada, web::Once::default(), other.id).await.unwrap();

    let erased = received(UserErased { user_id: ada.user_id });
    scene.reader.erase(&erased).await.unwrap();
    scene.reader.erase(&erased).await.unwrap();
    assert_eq!(scene.told("users.part_done").await.len(), 1);
    let left = scene.stored(review.id).await.unwrap();
    assert_eq!((left.rating, left.author_id, left.author_name, left.author_photo), (4, None, None, None));
    assert_eq!((scene.rating(&tour).await.average, scene.rating(&tour).await.count), (3.0, 2));
    let told = scene.told("reviews.review.updated").await;
    assert!(told.last().unwrap()["shown"].get("author_name").is_none());
    // Late news bring nobody back, and no item but the one that says so names them.
    scene.profile(ada.user_id, "Ada L.").await;
    scene.sale(&common::completed(&ada, &tour)).await;
    let items = scene.cloud.items(&scene.reviews.table).await;
    let id = ada.user_id.to_string();
    let naming = items.iter().filter(|item| {
        let kind = item.get("kind").and_then(|kind| kind.as_s().ok()).map(String::as_str);
        format!("{item:?}").contains(&id) && !matches!(kind, Some("outbox" | "person" | "done"))
    });
    assert_eq!(naming.collect::<Vec<_>>(), Vec::<&store::Item>::new());
}

#[tokio::test]
async fn what_is_said_of_a_worker_who_left_is_shown_no_more() {
    let scene = Scene::open().await;
    let job = scene.job().await;
    scene.reader.erase(&received(UserErased { user_id: job.worker.user_id })).await.unwrap();
    assert_eq!(code(scene.reader.rating(&job.about_worker, None).await), "not-found");
    assert_eq!(code(scene.review(&job.hirer, &job.about_worker, 1).await), "not-found");
}

#[tokio::test]
async fn a_copy_holds_what_somebody_wrote_and_what_they_may_write() {
    let scene = Scene::open().await;
    let tour = scene.tour().await;
    let (ada, _) = scene.reviewed(&tour, 4).await;
    let files = scene.cloud.bucket().await;
    let copier =
        Copier { reader: Reader::new(scene.reviews.clone(), common::CURSOR_KEY), files: files.clone() };
    let asked =
        received(ExportRequested { user_id: ada.user_id, export_id: "01JD2QK8N4M5V6W7X8Y9ZABCDE".into() });
    copier.export(&asked).await.unwrap();
    copier.export(&asked).await.unwrap();
    let Some(platform::files::Read::File(file)) =
        files.read(&part_key(&asked.export_id, "reviews"), 1 << 20).await.unwrap()
    else {
        panic!("no copy");
    };
    let copy: Value = serde_json::from_slice(&file).unwrap();
    assert_eq!(copy["reviews"][0]["rating"], 4);
    assert_eq!(copy["known"][0]["subject_id"], tour.id.to_string());
    assert_eq!(scene.told("users.part_done").await.len(), 1);
}
