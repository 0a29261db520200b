//! Moderators, reports and votes; and two sides that are published together.

use contracts::jobs::JobCompleted;
use kernel::{Role, Timestamp, time};
use reviews::edit::{Answer, ReviewPatch};
use reviews::eligible::{EligibilityQuery, Reminder, Why};
use reviews::moderate::{Judgement, Judgements};
use reviews::pair::Pair;
use reviews::review::{ReviewId, ReviewView, Status};
use reviews::vote::Report;
use serde_json::json;
use store::Pager;
use testkit::read;
use web::{Caller, Once};

use crate::common::{self, Scene, caller, code, query_of, queue_of};

fn judgement(status: Status) -> Judgement {
    Judgement { status, note: Some("Be kind.".parse().unwrap()) }
}

async fn approve(scene: &Scene, review: &ReviewView) {
    let staff = caller(&[Role::Staff]);
    scene.reviews.moderate(&staff, review.id, &judgement(Status::Approved)).await.unwrap();
}

async fn report(scene: &Scene, who: &Caller, id: ReviewId) -> &'static str {
    let report: Report = read(json!({"reason": "It advertises something else."}));
    code(scene.reviews.report(who, Once::default(), id, &report).await)
}

#[tokio::test]
async fn only_what_is_approved_is_shown_and_counts() {
    let scene = Scene::open().await;
    let tour = scene.tour().await;
    let (ada, review) = scene.reviewed(&tour, 5).await;
    let staff = caller(&[Role::Staff]);
    for status in [Status::Rejected, Status::Pending, Status::Flagged] {
        let judged = scene.reviews.moderate(&staff, review.id, &judgement(status)).await.unwrap();
        assert_eq!(judged.status, status);
        assert!(scene.stars(&tour, "", Some(&staff)).await.is_empty());
        assert_eq!(scene.rating(&tour).await.count, 0);
        let queue =
            scene.reader.queue(&staff, &queue_of(&format!("status={}", status.name()))).await.unwrap();
        assert_eq!(queue.data.len(), 1);
        assert_eq!(code(scene.reviews.show(&caller(&[Role::User]), review.id).await), "not-found");
        assert_eq!(scene.reviews.show(&ada, review.id).await.unwrap().note.as_deref(), Some("Be kind."));
    }
    approve(&scene, &review).await;
    assert_eq!((scene.stars(&tour, "", None).await, scene.rating(&tour).await.count), (vec![5], 1));
    assert_eq!(scene.told("reviews.review.approved").await.len(), 1);
    assert_eq!(scene.told("reviews.review.rejected").await[0]["note"], "Be kind.");
    // Nothing of it was told while nobody could see it.
    let told = scene.told("reviews.review.updated").await;
    let shown: Vec<_> = told.iter().map(|it| it.get("shown").is_some()).collect();
    assert_eq!(shown, [true, false, true]);
}

#[tokio::test]
async fn what_was_rejected_waits_again_once_its_author_changed_it() {
    let scene = Scene::open().await;
    let tour = scene.tour().await;
    let (ada, review) = scene.reviewed(&tour, 5).await;
    let staff = caller(&[Role::Staff]);
    scene.reviews.moderate(&staff, review.id, &judgement(Status::Rejected)).await.unwrap();
    let patch: ReviewPatch = read(json!({"text": "Kinder."}));
    assert_eq!(scene.reviews.update(&ada, review.id, &patch).await.unwrap().status, Status::Pending);
    let all = Judgements { ids: vec![review.id, ReviewId::new()], status: Status::Approved, note: None };
    let judged = scene.reviews.moderate_all(&all).await.unwrap();
    assert_eq!(judged.iter().map(|it| it.status).collect::<Vec<_>>(), [Some(Status::Approved), None]);
    assert_eq!(scene.rating(&tour).await.count, 1);
}

#[tokio::test]
async fn three_reports_take_a_review_off_until_a_moderator_has_read_it() {
    let scene = Scene::open().await;
    let tour = scene.tour().await;
    let (ada, review) = scene.reviewed(&tour, 1).await;
    let people: Vec<_> = (0..4).map(|_| caller(&[Role::User])).collect();
    assert_eq!(report(&scene, &ada, review.id).await, "own-review");
    assert_eq!(report(&scene, &people[0], review.id).await, "ok");
    assert_eq!(report(&scene, &people[0], review.id).await, "already-voted");
    assert_eq!(report(&scene, &people[1], review.id).await, "ok");
    assert_eq!(scene.rating(&tour).await.count, 1);
    assert_eq!(report(&scene, &people[2], review.id).await, "ok");
    assert_eq!(scene.rating(&tour).await.count, 0);
    assert_eq!(scene.told("reviews.review.flagged").await[0]["reports"], 3);
    assert_eq!(report(&scene, &people[3], review.id).await, "not-found");
    // What the author does meanwhile does not bring it back.
    let patch: ReviewPatch = read(json!({"rating": 2}));
    assert_eq!(scene.reviews.update(&ada, review.id, &patch).await.unwrap().status, Status::Flagged);
    let staff = caller(&[Role::Staff]);
    let queue = scene.reader.queue(&staff, &queue_of("status=flagged")).await.unwrap();
    assert_eq!((queue.data[0].report_count, queue.data[0].reasons.len()), (Some(3), 3));
    approve(&scene, &review).await;
    assert_eq!(report(&scene, &people[3], review.id).await, "ok");
    assert_eq!(scene.rating(&tour).await.count, 1, "one report after another judgement is not enough");
    let analytics = scene.reader.analytics().await.unwrap();
    assert_eq!((analytics.total, analytics.reported, analytics.by_status["approved"]), (1, 1, 1));
}

#[tokio::test]
async fn a_review_helps_each_once_and_is_answered_by_the_reviewed() {
    let scene = Scene::open().await;
    let tour = scene.tour().await;
    let (ada, review) = scene.reviewed(&tour, 5).await;
    let (eve, staff) = (caller(&[Role::User]), caller(&[Role::Staff]));
    scene.reviews.vote_helpful(&eve, Once::default(), review.id).await.unwrap();
    assert_eq!(code(scene.reviews.vote_helpful(&eve, Once::default(), review.id).await), "already-voted");
    assert_eq!(code(scene.reviews.vote_helpful(&ada, Once::default(), review.id).await), "own-review");
    let answer: Answer = read(json!({"text": "Come again!"}));
    assert_eq!(code(scene.reviews.respond(&eve, review.id, &answer).await), "forbidden");
    let answered = scene.reviews.respond(&staff, review.id, &answer).await.unwrap();
    assert_eq!((answered.helpful_count, answered.response.unwrap().text.as_str()), (1, "Come again!"));
    assert_eq!(scene.told("reviews.review.responded").await.len(), 1);
}

#[tokio::test]
async fn two_sides_are_published_together() {
    let scene = Scene::open().await;
    let job = scene.job().await;
    let first = scene.review(&job.hirer, &job.about_worker, 2).await.unwrap();
    assert!(first.held && first.status == Status::Pending);
    approve(&scene, &first).await;
    // Approved, and still nobody's to read or to count.
    assert_eq!(code(scene.reviews.show(&job.worker, first.id).await), "not-found");
    assert!(scene.stars(&job.about_worker, "", Some(&job.worker)).await.is_empty());
    assert_eq!(scene.rating(&job.about_worker).await.count, 0);
    assert!(!scene.told("reviews.review.updated").await.iter().any(|it| it.get("shown").is_some()));
    // Until then it can be changed.
    scene.reviews.update(&job.hirer, first.id, &read(json!({"rating": 4}))).await.unwrap();
    approve(&scene, &first).await;

    let second = scene.review(&job.worker, &job.about_job, 5).await.unwrap();
    assert!(!second.held);
    assert_eq!(scene.stars(&job.about_worker, "", None).await, [4]);
    assert_eq!(
        (scene.rating(&job.about_worker).await.count, scene.rating(&job.about_job).await.count),
        (1, 0)
    );
    approve(&scene, &second).await;
    assert_eq!(scene.rating(&job.about_job).await.count, 1);
    let patch: ReviewPatch = read(json!({"rating": 1}));
    assert_eq!(code(scene.reviews.update(&job.hirer, first.id, &patch).await), "review-revealed");
    // Who reviews people is told to members only.
    let page = scene.reader.of_subject(&job.about_worker, &query_of(""), None).await.unwrap();
    assert!(page.data[0].0.get("author").is_none());
    let page = scene.reader.of_subject(&job.about_worker, &query_of(""), Some(&job.worker)).await.unwrap();
    assert_eq!(page.data[0].0["author"]["id"], job.hirer.user_id.to_string());
    // The worker answers what is said of them, and nobody else does.
    let answer: Answer = read(json!({"text": "Thank you."}));
    assert_eq!(code(scene.reviews.respond(&caller(&[Role::Staff]), first.id, &answer).await), "forbidden");
    scene.reviews.respond(&job.worker, first.id, &answer).await.unwrap();
    // Deleted, it leaves no place for one that answers the other.
    scene.reviews.delete(&job.hirer, first.id).await.unwrap();
    assert_eq!(scene.rating(&job.about_worker).await.count, 0);
    assert_eq!(code(scene.review(&job.hirer, &job.about_worker, 1).await), "review-not-eligible");
}

#[tokio::test]
async fn what_one_side_said_is_published_when_the_time_of_the_other_is_over() {
    let scene = Scene::open().await;
    let job = scene.job().await;
    let review = scene.review(&job.worker, &job.about_job, 3).await.unwrap();
    approve(&scene, &review).await;
    assert_eq!(scene.reviews.reveal_due().await.unwrap(), 0);

    let mut pair: Pair =
        scene.reviews.table.get(&Pair::key_of(&job.about_job.id.to_string())).await.unwrap().unwrap();
    pair.closes_at = Timestamp::from_second(1).unwrap();
    scene.cloud.put(&scene.reviews.table, &pair).await;
    assert_eq!(scene.reviews.reveal_due().await.unwrap(), 1);
    assert_eq!(scene.reviews.reveal_due().await.unwrap(), 0);
    assert_eq!(scene.rating(&job.about_job).await.count, 1);
    assert_eq!(scene.told("reviews.review.revealed").await.len(), 1);
    // Whoever has read it does not answer it with a review.
    assert_eq!(code(scene.review(&job.hirer, &job.about_worker, 1).await), "review-not-eligible");
}

#[tokio::test]
async fn only_the_two_sides_of_a_job_review_each_other() {
    let scene = Scene::open().await;
    let job = scene.job().await;
    let eve = caller(&[Role::Hirer, Role::Worker]);
    for who in [&eve, &job.worker] {
        assert_eq!(code(scene.review(who, &job.about_worker, 1).await), "review-not-eligible");
    }
    assert_eq!(code(scene.review(&job.hirer, &job.about_job, 5).await), "review-not-eligible");
    assert_eq!(scene.told("reviews.invite.due").await.len(), 2);
    let told = JobCompleted {
        job_id: job.about_job.id.to_string(),
        title: "A fence".into(),
        hirer_id: job.hirer.user_id,
        worker_id: job.worker.user_id,
    };
    scene.sale(&told).await;
    assert_eq!(scene.told("reviews.invite.due").await.len(), 2);
    // Deleted before it was published, it leaves the place free.
    let review = scene.review(&job.hirer, &job.about_worker, 1).await.unwrap();
    scene.reviews.delete(&job.hirer, review.id).await.unwrap();
    let again = scene.review(&job.hirer, &job.about_worker, 2).await.unwrap();
    assert!(again.held);
}

#[tokio::test]
async fn everybody_is_told_what_they_may_review_and_why_not() {
    let scene = Scene::open().await;
    let (tour, other) = (scene.tour().await, scene.tour().await);
    let ada = scene.traveller(&tour).await;
    let ask = async |who: &Caller, subject| {
        let query = EligibilityQuery { subject: Some(subject) };
        scene.reviews.eligibility(who, &query).await.unwrap()
    };
    let reminder = Reminder { reviews: scene.reviews.clone(), pager: Pager::new(common::CURSOR_KEY) };
    let page = kernel::page::PageRequest { limit: 10, cursor: None };
    assert!(ask(&ada, tour.clone()).await.eligible);
    assert_eq!(ask(&ada, other.clone()).await.reason, Some(Why::NothingToReview));
    let early = caller(&[Role::User]);
    scene.sale(&common::confirmed(&early, &tour, 2)).await;
    assert_eq!(ask(&early, tour.clone()).await.reason, Some(Why::NotYet));
    assert!(reminder.candidates(&early, &page).await.unwrap().data.is_empty());

    let candidates = reminder.candidates(&ada, &page).await.unwrap();
    assert_eq!(candidates.data[0].subject_id, tour.id);
    let review = scene.review(&ada, &tour, 5).await.unwrap();
    let after = ask(&ada, tour.clone()).await;
    assert_eq!((after.reason, after.review_id), (Some(Why::AlreadyReviewed), Some(review.id)));
    assert!(reminder.candidates(&ada, &page).await.unwrap().data.is_empty());
    let job = scene.job().await;
    let until = ask(&job.hirer, job.about_worker).await.until.unwrap();
    assert!(until > time::now() + time::days(13));
}
