//! The rating of a subject is the mean of its approved reviews, whatever happens at once.

use std::sync::Arc;

use contracts::reviews::RatingRecalculated;
use kernel::{Problem, Result, Role};
use reviews::edit::ReviewPatch;
use reviews::moderate::Judgement;
use reviews::review::{Review, Status};
use serde_json::json;
use testkit::read;
use tokio::task::JoinSet;

use crate::common::{self, Scene, caller, stored_rating};

/// How many people review one tour at once.
const PEOPLE: usize = 70;
/// What each does afterwards, while others do the same.
const STEPS: usize = 2;

/// A small generator of numbers, so that a failure can be repeated by its seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// As clients do: who is told that the service is busy comes again.
async fn persistently<T, F: Future<Output = Result<T>>>(work: impl Fn() -> F) -> T {
    loop {
        match work().await {
            Ok(done) => return done,
            Err(failure) if failure.problem == Problem::UNAVAILABLE => {}
            Err(failure) => panic!("{failure:?}"),
        }
    }
}

#[tokio::test]
async fn after_any_interleaving_the_rating_is_the_mean_of_what_is_approved() {
    let scene = Arc::new(Scene::open().await);
    let tour = scene.tour().await;
    let seed = kernel::id::Ulid::generate().random() as u64;
    let mut at_once = JoinSet::new();
    for person in 0..PEOPLE {
        let (scene, tour) = (scene.clone(), tour.clone());
        let mut dice = Dice(seed ^ (person as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        at_once.spawn(async move {
            let ada = scene.traveller(&tour).await;
            let stars = |dice: &mut Dice| dice.roll(5) as u8 + 1;
            let first = stars(&mut dice);
            let review = persistently(|| scene.review(&ada, &tour, first)).await;
            for _ in 0..STEPS {
                let patch: ReviewPatch = read(json!({"rating": stars(&mut dice)}));
                let judgement = |status| Judgement { status, note: None };
                let staff = caller(&[Role::Staff]);
                let (reviews, id) = (&scene.reviews, review.id);
                match dice.roll(5) {
                    0 | 1 => drop(persistently(|| reviews.update(&ada, id, &patch)).await),
                    2 => {
                        let no = judgement(Status::Rejected);
                        persistently(|| reviews.moderate(&staff, id, &no)).await;
                    }
                    3 => {
                        let yes = judgement(Status::Approved);
                        persistently(|| reviews.moderate(&staff, id, &yes)).await;
                    }
                    _ => {
                        persistently(|| reviews.delete(&ada, id)).await;
                        break;
                    }
                }
            }
        });
    }
    while let Some(done) = at_once.join_next().await {
        done.unwrap_or_else(|why| panic!("seed {seed}: {why}"));
    }

    let reviews = scene.cloud.all::<Review>(&scene.reviews.table).await.into_iter();
    let visible: Vec<u64> = reviews.filter(Review::is_visible).map(|review| review.rating.into()).collect();
    let rating = stored_rating(&scene, &tour).await;
    let expected = (visible.iter().sum::<u64>(), visible.len() as u64);
    assert_eq!((rating.sum, rating.count), expected, "seed {seed}");
    for stars in 1..=5_u64 {
        let count = visible.iter().filter(|rating| **rating == stars).count() as u64;
        assert_eq!(rating.distribution[stars as usize - 1], count, "seed {seed}");
    }
    // Every change was told, once, and the newest of what was told is what holds.
    let mut told: Vec<RatingRecalculated> = scene
        .told("reviews.rating.recalculated")
        .await
        .into_iter()
        .map(|it| serde_json::from_value(it).unwrap())
        .collect();
    told.sort_by_key(|it| it.version);
    assert!(told.iter().map(|it| it.version).eq(1..=rating.version), "seed {seed}");
    let newest = told.last().unwrap();
    assert_eq!((newest.sum, newest.count), expected, "seed {seed}");
    // So do the numbers for moderators.
    let analytics = scene.reader.analytics().await.unwrap();
    assert_eq!(analytics.distribution.values().sum::<u64>(), expected.1, "seed {seed}");
}

#[tokio::test]
async fn two_reviews_of_one_author_at_once_are_one() {
    let scene = Arc::new(Scene::open().await);
    let tour = scene.tour().await;
    let ada = scene.traveller(&tour).await;
    let mut at_once = JoinSet::new();
    for stars in 1..=5 {
        let (scene, tour, ada) = (scene.clone(), tour.clone(), ada.clone());
        at_once.spawn(async move { common::code(scene.review(&ada, &tour, stars).await) });
    }
    let mut codes = at_once.join_all().await;
    codes.sort_unstable();
    assert_eq!(codes, ["already-reviewed", "already-reviewed", "already-reviewed", "already-reviewed", "ok"]);
    assert_eq!(scene.rating(&tour).await.count, 1);
}

#[tokio::test]
async fn the_recent_average_is_that_of_the_newest_ten() {
    let scene = Scene::open().await;
    let tour = scene.tour().await;
    scene.reviewed(&tour, 1).await;
    for _ in 0..10 {
        scene.reviewed(&tour, 5).await;
    }
    let rating = scene.rating(&tour).await;
    assert_eq!((rating.average, rating.recent_average, rating.count), (4.6, 5.0, 11));
}
