//! A table of reviews in a cloud of its own, and people who buy, write and tell.

use contracts::Message;
use contracts::bookings::{BookingCancelled, BookingCompleted, BookingConfirmed, BookingFacts};
use contracts::jobs::JobCompleted;
use contracts::tours::TourChanged;
use contracts::users::{ProfileChanged, WorkerChanged};
use kernel::id::Ulid;
use kernel::query::{Parameters, Params};
use kernel::{Failure, Result, Role, Timestamp, UserId, time};
use reviews::Reviews;
use reviews::create::Written;
use reviews::list::{AllReviewsQuery, QueueQuery, Reader, ReviewQuery};
use reviews::rating::{Rating, RatingView};
use reviews::review::{Review, ReviewId, ReviewView};
use reviews::subject::{Subject, SubjectTold};
use serde_json::{Value, json};
use testkit::{Cloud, envelope_at, read, taken};
use web::{Caller, Once};

pub const CURSOR_KEY: &str = "the-cursor-key-of-the-tests-the-cursor-key-of-the-tests";

pub struct Scene {
    pub cloud: Cloud,
    pub reviews: Reviews,
    pub reader: Reader,
}

impl Scene {
    pub async fn open() -> Self {
        let cloud = Cloud::open().await;
        let reviews = Reviews { table: cloud.table("reviews").await };
        let reader = Reader::new(reviews.clone(), CURSOR_KEY);
        Self { cloud, reviews, reader }
    }

    /// A tour that tours has told of.
    pub async fn tour(&self) -> Subject {
        self.tour_with(|_| ()).await
    }

    pub async fn tour_with(&self, change: impl FnOnce(&mut TourChanged)) -> Subject {
        let mut tour = TourChanged {
            tour_id: Ulid::generate().to_string(),
            version: 1,
            name: "The Forest Hiker".into(),
            slug: "the-forest-hiker".into(),
            summary: "Breathtaking hike".into(),
            image_cover: "tour-1-cover.jpg".into(),
            price: 39_700,
            currency: "USD".into(),
            duration: 5,
            max_group_size: 25,
            start_dates: Vec::new(),
            secret: false,
            deleted: false,
        };
        change(&mut tour);
        let subject = Subject::told("tour", &tour.tour_id).unwrap();
        self.reviews.keep_subject(&SubjectTold::Tour(Box::new(tour))).await.unwrap();
        subject
    }

    /// The same tour told again.
    pub async fn retell(&self, subject: &Subject, change: impl FnOnce(&mut TourChanged)) {
        let id = subject.id.to_string();
        self.tour_with(|tour| {
            (tour.tour_id, tour.version) = (id, 2);
            change(tour);
        })
        .await;
    }

    pub async fn sale<M: Message>(&self, message: &M) {
        self.sale_at(message, time::now()).await;
    }

    pub async fn sale_at<M: Message>(&self, message: &M, at: Timestamp) {
        self.reviews.follow_sale(&taken(envelope_at(message, at))).await.unwrap();
    }

    /// Somebody whose booking of a tour has begun.
    pub async fn traveller(&self, subject: &Subject) -> Caller {
        let caller = caller(&[Role::User]);
        self.sale(&confirmed(&caller, subject, -1)).await;
        caller
    }

    pub async fn review(&self, caller: &Caller, subject: &Subject, rating: u8) -> Result<ReviewView> {
        let written = written(json!({"rating": rating, "text": "Worth every step."}));
        let created = self.reviews.create(caller, Once::default(), subject, &written).await?;
        Ok(created.body)
    }

    pub async fn reviewed(&self, subject: &Subject, rating: u8) -> (Caller, ReviewView) {
        let caller = self.traveller(subject).await;
        let review = self.review(&caller, subject, rating).await.unwrap();
        (caller, review)
    }

    pub async fn stored(&self, id: ReviewId) -> Option<Review> {
        self.reviews.table.get(&Review::key_of(id)).await.unwrap()
    }

    pub async fn rating(&self, subject: &Subject) -> RatingView {
        self.reader.rating(subject, Some(&caller(&[Role::Admin]))).await.unwrap()
    }

    /// The reviews of a subject that a caller sees, as numbers of stars.
    pub async fn stars(&self, subject: &Subject, query: &str, caller: Option<&Caller>) -> Vec<u64> {
        let page = self.reader.of_subject(subject, &query_of(query), caller).await.unwrap();
        page.data.iter().map(|it| it.0["rating"].as_u64().unwrap()).collect()
    }

    /// What was told, by its type.
    pub async fn told(&self, kind: &str) -> Vec<Value> {
        self.cloud.told(&self.reviews.table, kind).await
    }

    pub async fn profile(&self, user_id: UserId, name: &str) {
        let told = ProfileChanged {
            user_id,
            version: 1,
            display_name: name.into(),
            photo: Some("ada.jpg".into()),
            language: "en".into(),
            timezone: "UTC".into(),
            active: true,
        };
        self.reviews.keep_person(&told).await.unwrap();
    }

    /// A hirer and a worker who have done a job together, and what each may review.
    pub async fn job(&self) -> Job {
        let (hirer, worker) = (caller(&[Role::Hirer]), caller(&[Role::Worker]));
        let told = WorkerChanged {
            user_id: worker.user_id,
            version: 1,
            display_name: "Kofi".into(),
            profession: None,
            hourly_rate: None,
            currency: None,
            listed: true,
        };
        self.reviews.keep_subject(&SubjectTold::Worker(told)).await.unwrap();
        let job_id = Ulid::generate().to_string();
        let (title, hirer_id, worker_id) = ("A fence".into(), hirer.user_id, worker.user_id);
        self.sale(&JobCompleted { job_id: job_id.clone(), title, hirer_id, worker_id }).await;
        Job {
            about_worker: Subject::told("worker", &worker.user_id.to_string()).unwrap(),
            about_job: Subject::told("job", &job_id).unwrap(),
            hirer,
            worker,
        }
    }
}

pub struct Job {
    pub hirer: Caller,
    pub worker: Caller,
    pub about_worker: Subject,
    pub about_job: Subject,
}

/// A booking that begins in so many days.
pub fn booking(caller: &Caller, subject: &Subject, days: i64) -> BookingFacts {
    let start_date = time::now() + jiff::SignedDuration::from_hours(24 * days);
    BookingFacts {
        booking_id: format!("booking-of-{}", caller.user_id),
        version: 1,
        status: "confirmed".into(),
        reference: "ABC123".into(),
        user_id: caller.user_id,
        owner_kind: subject.kind.to_string(),
        owner_id: subject.id.to_string(),
        owner_name: "The Forest Hiker".into(),
        batch_id: "batch".into(),
        start_date,
        end_date: start_date,
        participants: 1,
        total: 100,
        paid: 100,
        currency: "USD".into(),
    }
}

pub fn confirmed(caller: &Caller, subject: &Subject, days: i64) -> BookingConfirmed {
    BookingConfirmed { booking: booking(caller, subject, days) }
}

pub fn completed(caller: &Caller, subject: &Subject) -> BookingCompleted {
    BookingCompleted { booking: booking(caller, subject, -1) }
}

pub fn cancelled(caller: &Caller, subject: &Subject, days: i64) -> BookingCancelled {
    let booking = booking(caller, subject, days);
    BookingCancelled { booking, by: "customer".into(), was_confirmed: true, refund: 100, reason: None }
}

pub fn written(body: Value) -> Written {
    read(body)
}

fn query<Q: Parameters>(raw: &str) -> Q {
    let mut params = Params::read(raw).unwrap();
    let query = Q::take(&mut params);
    params.finish(query).unwrap()
}

pub fn query_of(raw: &str) -> ReviewQuery {
    query(raw)
}

pub fn all_of(raw: &str) -> AllReviewsQuery {
    query(raw)
}

pub fn queue_of(raw: &str) -> QueueQuery {
    query(raw)
}

/// Somebody with these roles.
pub fn caller(roles: &[Role]) -> Caller {
    testkit::caller(UserId::new(), roles)
}

pub fn code<T>(result: Result<T>) -> &'static str {
    result.err().map_or("ok", |failure: Failure| failure.problem.code)
}

/// The rating as it is stored.
pub async fn stored_rating(scene: &Scene, subject: &Subject) -> Rating {
    scene.reviews.table.get(&Rating::key_of(subject)).await.unwrap().unwrap()
}
