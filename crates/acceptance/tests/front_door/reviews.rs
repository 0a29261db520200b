//! Reviews, from the booking to the stars on the tour: who may write, what is shown, and what stays secret.

use acceptance::{Member, SOON, Visitor, eventually, tell_queue, tours};
use kernel::id::Ulid;
use reqwest::Method;
use serde_json::{Value, json};

/// A tour that reviews has heard of.
async fn tour(admin: &Member, secret: bool) -> String {
    let body = tours::tour(|it| it["secretTour"] = json!(secret));
    let id = admin.visitor.post("/tours", &body).await.is(201).field("id");
    let known = || async {
        let answer = admin.visitor.get(&format!("/tours/{id}/reviews")).await;
        (answer.status == 200).then_some(())
    };
    eventually("the tour is known to reviews", SOON, known).await;
    id
}

/// Somebody who has been on it.
async fn traveller(tour: &str) -> Member {
    let member = Member::join().await;
    let user = member.id().await;
    let booking = json!({
        "booking_id": Ulid::generate().to_string(), "reference": "ABC123", "user_id": user, "owner_kind": "tour",
        "owner_id": tour, "owner_name": "A tour", "batch_id": "batch", "start_date": "2025-06-01T00:00:00Z",
        "end_date": "2025-06-06T00:00:00Z", "participants": 1, "total": 100, "paid": 100, "currency": "USD",
    });
    tell_queue("open-reviews", "bookings.booking.completed", booking).await;
    let may = || async {
        let answer = member.visitor.get(&format!("/reviews/eligibility?subject=tour:{tour}")).await;
        // A secret tour is unknown to whoever did not book it, so 404 until then.
        (answer.status == 200 && answer.json()["eligible"] == true).then_some(())
    };
    eventually("a booking lets them review", SOON, may).await;
    member
}

fn stars(rating: u8) -> Value {
    json!({"rating": rating, "review": "Cras mollis nisi parturient mi nec aliquet suspendisse."})
}

async fn rated(tour: &str, average: f64, quantity: u64) {
    let visitor = Visitor::new();
    let shown = || async {
        let tour = visitor.get(&format!("/tours/{tour}")).await.is(200).json();
        (tour["ratingsAverage"] == average && tour["ratingsQuantity"] == quantity).then_some(())
    };
    eventually(&format!("the tour has {average} of {quantity}"), SOON, shown).await;
}

/// The stars on a page, once there are so many.
async fn listed(visitor: &Visitor, path: &str, count: usize) -> Vec<u64> {
    let page = || async {
        let page = visitor.get(path).await.is(200).json();
        let data = page["data"].as_array().cloned().unwrap_or_default();
        let stars: Vec<_> = data.iter().filter_map(|it| it["rating"].as_u64()).collect();
        (stars.len() == count).then_some(stars)
    };
    eventually(&format!("{count} reviews at {path}"), SOON, page).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_there_reviews_once_and_the_tour_shows_the_stars() {
    let (admin, nobody) = (Member::admin().await, Visitor::new());
    let id = tour(&admin, false).await;
    let path = format!("/tours/{id}/reviews");
    nobody.post(&path, &stars(5)).await.is_problem(401, "not-signed-in");
    Member::join().await.visitor.post(&path, &stars(5)).await.is_problem(403, "review-not-eligible");
    admin.visitor.post(&path, &stars(5)).await.is_problem(403, "review-not-eligible");
    nobody.get("/tours/01JD2QK8N4M5V6W7X8Y9ZABCDE/reviews").await.is_problem(404, "not-found");

    let (ada, eve) = (traveller(&id).await, traveller(&id).await);
    let open = ada.visitor.get("/reviews/candidates").await.is(200).json();
    assert_eq!(open["data"][0]["subject_id"], id);
    let named = json!({"tour": id, "rating": 5, "review": "Great", "user": "01JD2QK8N4M5V6W7X8Y9ZABCDE"});
    ada.visitor.post("/reviews", &named).await.is_problem(400, "invalid-request");
    ada.visitor.post(&path, &json!({"rating": 5})).await.is_problem(400, "invalid-request");
    ada.visitor.post(&path, &json!({"rating": 7, "review": "x"})).await.is_problem(400, "invalid-request");

    let answer = ada.visitor.post(&path, &stars(5)).await;
    let review = answer.is(201).field("id");
    assert_eq!(answer.header("location"), format!("/api/v1/reviews/{review}"));
    assert_eq!(
        (answer.json()["author"]["name"].as_str(), answer.field("status").as_str()),
        (Some("Ada Lovelace"), "approved")
    );
    ada.visitor.post(&path, &stars(1)).await.is_problem(409, "already-reviewed");
    let second = json!({"tour": id, "rating": 2, "review": "Rain."});
    eve.visitor.post("/reviews", &second).await.is(201);
    rated(&id, 3.5, 2).await;
    assert_eq!(listed(&nobody, &path, 2).await, [2, 5]);
    assert_eq!(listed(&nobody, &format!("{path}?rating[gte]=4&fields=rating"), 1).await, [5]);
    assert_eq!(listed(&eve.visitor, &format!("/reviews?subject=tour:{id}&sort=-rating"), 2).await, [5, 2]);
    assert_eq!(listed(&nobody, &format!("{path}?sort=-rating&page=2&limit=1"), 1).await, [2]);
    nobody.get(&format!("{path}?sort=text")).await.is_problem(400, "invalid-request");
    let rating = nobody.get(&format!("/ratings/tour/{id}")).await.is(200).json();
    assert_eq!(
        (&rating["average"], &rating["distribution"]["5"], &rating["recommend_rate"]),
        (&json!(3.5), &json!(1), &json!(50))
    );

    // Nobody changes what another one wrote.
    let own = format!("/reviews/{review}");
    eve.visitor.patch(&own, &json!({"rating": 1})).await.is_problem(403, "forbidden");
    eve.visitor.delete(&own).await.is_problem(403, "forbidden");
    ada.visitor.patch(&own, &json!({"rating": 4})).await.is(200);
    rated(&id, 3.0, 2).await;
    ada.visitor.delete(&own).await.is(204);
    rated(&id, 2.0, 1).await;
    ada.visitor.get(&own).await.is_problem(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_moderators_let_stand_is_shown_and_counts() {
    let (admin, nobody) = (Member::admin().await, Visitor::new());
    let id = tour(&admin, false).await;
    let path = format!("/tours/{id}/reviews");
    let ada = traveller(&id).await;
    let review = ada.visitor.post(&path, &stars(1)).await.is(201).field("id");
    rated(&id, 1.0, 1).await;
    let judge = format!("/reviews/{review}/moderate");
    let no = json!({"status": "rejected", "note": "Be kind."});
    ada.visitor.put(&judge, &no).await.is_problem(403, "forbidden");
    admin.visitor.put(&judge, &no).await.is(200);
    rated(&id, 4.5, 0).await;
    listed(&nobody, &path, 0).await;
    assert_eq!(ada.visitor.get(&format!("/reviews/{review}")).await.is(200).field("note"), "Be kind.");
    Member::join().await.visitor.get(&format!("/reviews/{review}")).await.is_problem(404, "not-found");
    let all = json!({"ids": [review], "status": "approved"});
    admin.visitor.post("/admin/reviews/bulk-moderate", &all).await.is(200);
    rated(&id, 1.0, 1).await;

    for at in 0..3 {
        let member = Member::join().await;
        let report = format!("/reviews/{review}/report");
        member.visitor.post(&report, &json!({"reason": "An advertisement."})).await.is(204);
        if at == 0 {
            let twice = member.visitor.post(&report, &json!({"reason": "Again."})).await;
            twice.is_problem(409, "already-voted");
            let helpful = format!("/reviews/{review}/helpful");
            let once = member.visitor.bare(Method::POST, &helpful).await;
            assert_eq!(once.is(200).json()["helpful_count"], 1);
            let twice = member.visitor.bare(Method::POST, &helpful).await;
            twice.is_problem(409, "already-voted");
        }
    }
    rated(&id, 4.5, 0).await;
    let flagged = || async {
        let queue = admin.visitor.get("/admin/reviews/queue?status=flagged&sort=-created_at&limit=100").await;
        let queue = queue.is(200).json();
        let found = queue["data"].as_array().into_iter().flatten().any(|it| it["id"] == review.as_str());
        found.then_some(())
    };
    eventually("a reported review waits for a moderator", SOON, flagged).await;
    assert!(admin.visitor.get("/admin/reviews/analytics").await.is(200).json()["total"].as_u64() >= Some(1));
    let answer = json!({"text": "We are sorry."});
    admin.visitor.put(&judge, &json!({"status": "approved"})).await.is(200);
    ada.visitor.put(&format!("/reviews/{review}/response"), &answer).await.is_problem(403, "forbidden");
    admin.visitor.put(&format!("/reviews/{review}/response"), &answer).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_of_a_secret_tour_is_secret() {
    let (admin, nobody) = (Member::admin().await, Visitor::new());
    let id = tour(&admin, true).await;
    let path = format!("/tours/{id}/reviews");
    let ada = traveller(&id).await;
    let review = ada.visitor.post(&path, &stars(5)).await.is(201).field("id");
    let eve = Member::join().await;
    eve.visitor.post(&path, &stars(1)).await.is_problem(404, "not-found");
    for visitor in [&nobody, &eve.visitor] {
        visitor.get(&path).await.is_problem(404, "not-found");
        visitor.get(&format!("/ratings/tours/{id}")).await.is_problem(404, "not-found");
    }
    eve.visitor.get(&format!("/reviews/{review}")).await.is_problem(404, "not-found");
    assert_eq!(listed(&admin.visitor, &path, 1).await, [5]);
    let user = ada.id().await;
    assert_eq!(listed(&ada.visitor, &format!("/reviews?user={user}"), 1).await, [5]);
    assert!(listed(&eve.visitor, &format!("/reviews?user={user}"), 0).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn reviews_move_in_from_another_system_once() {
    let (admin, nobody) = (Member::admin().await, Visitor::new());
    let id = tour(&admin, false).await;
    let review = |at: u8| {
        json!({
            "source_id": format!("{id}-{at}"), "subject_kind": "tour", "subject_id": id, "rating": 3 + at % 3,
            "text": "Tempus curabitur faucibus auctor bibendum duis gravida tincidunt.",
            "author": {"name": format!("Guest {at}"), "email": format!("guest-{at}@example.com")},
            "created_at": "2019-03-04T10:00:00Z",
        })
    };
    let body = json!({"reviews": (0..9).map(review).collect::<Vec<_>>()});
    Member::join().await.visitor.post("/admin/reviews/import", &body).await.is_problem(403, "forbidden");
    for outcome in ["created", "existing"] {
        let answer = admin.visitor.post("/admin/reviews/import", &body).await.is(200).json();
        let outcomes = answer["data"].as_array().cloned().unwrap_or_default();
        assert!(outcomes.len() == 9 && outcomes.iter().all(|it| it["outcome"] == outcome), "{answer}");
    }
    rated(&id, 4.0, 9).await;
    let page = || async {
        let page = nobody.get(&format!("/tours/{id}/reviews?limit=1")).await.is(200).json();
        (page["meta"]["total"] == 9 && page["results"] == 1).then_some(page)
    };
    let page = eventually("imported reviews are listed", SOON, page).await;
    let first = &page["data"][0];
    assert_eq!((&first["imported"], &first["created_at"]), (&json!(true), &json!("2019-03-04T10:00:00Z")));
    assert!(first["author"]["name"].as_str().unwrap().starts_with("Guest "));
}

#[tokio::test(flavor = "multi_thread")]
async fn hirer_and_worker_do_not_read_each_other_before_both_have_written() {
    let (admin, nobody) = (Member::admin().await, Visitor::new());
    let (hirer, worker) = (Member::join_as("hirer").await, Member::join_as("worker").await);
    let (hirer_id, worker_id, job) = (hirer.id().await, worker.id().await, Ulid::generate().to_string());
    let done = json!({"job_id": job, "title": "A fence", "hirer_id": hirer_id, "worker_id": worker_id});
    tell_queue("open-reviews", "jobs.job.completed", done).await;
    let (of_worker, of_job) = (format!("/workers/{worker_id}/reviews"), format!("/jobs/{job}/reviews"));
    let may = |member: Member, subject: String| async move {
        let answer = member.visitor.get(&format!("/reviews/eligibility?subject={subject}")).await;
        (answer.json()["eligible"] == true).then_some(())
    };
    eventually("the hirer may review", SOON, || may(hirer.clone(), format!("worker:{worker_id}"))).await;
    eventually("the worker may review", SOON, || may(worker.clone(), format!("job:{job}"))).await;
    Member::join().await.visitor.post(&of_job, &stars(1)).await.is_problem(403, "review-not-eligible");

    let first = hirer.visitor.post(&of_worker, &stars(2)).await.is(201).json();
    assert_eq!((&first["held"], &first["status"]), (&json!(true), &json!("pending")));
    let yes = json!({"status": "approved"});
    let judge = |review: &Value| format!("/reviews/{}/moderate", review["id"].as_str().unwrap());
    admin.visitor.put(&judge(&first), &yes).await.is(200);
    let path = format!("/reviews/{}", first["id"].as_str().unwrap());
    worker.visitor.get(&path).await.is_problem(404, "not-found");
    let signals = format!("/ratings/workers/{worker_id}/signals");
    let counted = || async {
        let answer = worker.visitor.get(&signals).await;
        (answer.status == 200).then(|| answer.json()["count"].clone())
    };
    assert_eq!(eventually("the worker is known", SOON, counted).await, 0);

    let second = worker.visitor.post(&of_job, &stars(4)).await.is(201).json();
    admin.visitor.put(&judge(&second), &yes).await.is(200);
    worker.visitor.get(&path).await.is(200);
    assert_eq!(worker.visitor.get(&signals).await.is(200).json()["average"], 2.0);
    let page = || async {
        let answer = worker.visitor.get(&of_worker).await.is(200).json();
        answer["data"].get(0).cloned()
    };
    assert_eq!(eventually("the worker's reviews", SOON, page).await["author"]["id"], hirer_id);
    let anonymous = nobody.get(&of_job).await.is(200).json();
    assert!(anonymous["data"].as_array().into_iter().flatten().all(|it| it.get("author").is_none()));
    hirer.visitor.patch(&path, &json!({"rating": 1})).await.is_problem(409, "review-revealed");
}
