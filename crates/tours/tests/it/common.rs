//! A table of tours in a cloud of its own, and people who write and tell.

use contracts::Envelope;
use contracts::bookings::{BatchChanged, BookingConfirmed, BookingFacts};
use contracts::reviews::RatingRecalculated;
use kernel::query::{Parameters, Params};
use kernel::{Role, UserId, time};
use messaging::Received;
use serde_json::{Value, json};
use testkit::{Cloud, Environment, envelope, read, received, taken};
use tours::Tours;
use tours::counters::BookingTold;
use tours::tour::TourView;
use tours::tour::body::NewTour;
use tours::tour::list::TourQuery;
use tours::trek::list::{TrekQuery, Variant};
use tours::trek::{TrekFacts, TrekId};
use web::{Caller, Once};

pub struct Scene {
    pub cloud: Cloud,
    pub tours: Tours,
}

impl Scene {
    pub async fn open() -> Self {
        let cloud = Cloud::open().await;
        let table = cloud.table("tours").await;
        Self { cloud, tours: Tours::new(table) }
    }

    /// What was told so far, the oldest first.
    pub async fn told(&self) -> Vec<Envelope> {
        self.cloud.messages(&self.tours.table).await
    }

    /// One more environment: with a client and a memory of its own.
    pub fn environment(&self) -> (Environment, Tours) {
        let environment = self.cloud.environment();
        let tours = Tours::new(environment.table(&self.tours.table));
        (environment, tours)
    }

    pub async fn tour(&self, name: &str) -> TourView {
        self.tour_with(name, |_| ()).await
    }

    pub async fn tour_with(&self, name: &str, change: impl FnOnce(&mut Value)) -> TourView {
        let new: NewTour = read(tour_body(name, change));
        self.tours.create_tour(Once::default(), &new).await.unwrap().body
    }

    pub async fn names(&self, query: &str) -> Vec<String> {
        names(&self.tours, query).await
    }

    pub async fn region(&self, name: &str) -> tours::region::RegionId {
        let facts = read(json!({"name": name, "state": "Uttarakhand"}));
        self.tours.create_region(Once::default(), &facts).await.unwrap().body.id
    }

    pub async fn trek(&self, region: tours::region::RegionId, change: impl FnOnce(&mut Value)) -> TrekId {
        let facts: TrekFacts = read(trek_body(&region.to_string(), change));
        self.tours.create_trek(Once::default(), &facts).await.unwrap().body.id
    }

    /// A trek on sale, with a departure in ten days.
    pub async fn trek_on_sale(
        &self,
        region: tours::region::RegionId,
        change: impl FnOnce(&mut Value),
    ) -> TrekId {
        let id = self.trek(region, change).await;
        self.tours.follow_departure(&received(batch("trek", &id.to_string(), 1, |_| ()))).await.unwrap();
        self.tours.toggle_trek(id).await.unwrap();
        id
    }

    pub async fn trek_names(&self, variant: Variant, query: &str, caller: Option<&Caller>) -> Vec<String> {
        let page = self.tours.list_treks(variant, trek_query(query), caller).await.unwrap();
        page.data.iter().map(|it| it.0["name"].as_str().unwrap().to_owned()).collect()
    }
}

pub async fn names(tours: &Tours, query: &str) -> Vec<String> {
    let page = tours.list_tours(&tour_query(query)).await.unwrap();
    page.data.iter().map(|it| it.0["name"].as_str().unwrap_or_default().to_owned()).collect()
}

pub fn tour_query(raw: &str) -> TourQuery {
    let mut params = Params::read(raw).unwrap();
    let query = TourQuery::take(&mut params);
    params.finish(query).unwrap()
}

pub fn trek_query(raw: &str) -> TrekQuery {
    let mut params = Params::read(raw).unwrap();
    let query = TrekQuery::take(&mut params);
    params.finish(query).unwrap()
}

pub fn tour_body(name: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut body = json!({
        "name": name, "duration": 5, "maxGroupSize": 25, "difficulty": "easy", "price": 39_700,
        "summary": "Breathtaking hike", "imageCover": "tour-1-cover.jpg",
    });
    change(&mut body);
    body
}

pub fn trek_body(region: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut body = json!({
        "name": "Kedarkantha", "description": "Snow in winter", "region_id": region, "difficulty": "Easy",
        "duration": 6, "display_price": 1_000_000, "start_point": "Sankri", "end_point": "Sankri",
        "highlights": ["The summit"], "gst": {"percent": 5},
    });
    change(&mut body);
    body
}

pub fn rating(kind: &str, id: &str, version: u64, sum: u64, count: u64) -> RatingRecalculated {
    RatingRecalculated { subject_kind: kind.into(), subject_id: id.into(), version, sum, count }
}

/// In ten days, with seats.
pub fn batch(kind: &str, owner: &str, version: u64, change: impl FnOnce(&mut BatchChanged)) -> BatchChanged {
    let start_date = time::now() + time::days(10);
    let mut batch = BatchChanged {
        batch_id: format!("{owner}-1"),
        version,
        owner_kind: kind.into(),
        owner_id: owner.into(),
        start_date,
        end_date: start_date + time::days(5),
        posted_start: None,
        price: 900_000,
        currency: "INR".into(),
        max_participants: 10,
        seats_left: 10,
        seats_taken: 0,
        status: "upcoming".into(),
        active: true,
        deleted: false,
    };
    change(&mut batch);
    batch
}

/// Somebody with these roles.
pub fn caller(roles: &[Role]) -> Caller {
    testkit::caller(UserId::new(), roles)
}

pub fn handle(text: impl ToString) -> tours::tour::show::Handle {
    text.to_string().parse().unwrap()
}

pub fn part(text: &str) -> tours::text::Part {
    text.parse().unwrap()
}

/// A booking of somebody, as it is since a version. The same one for a person and what they book.
pub fn booking(
    user_id: UserId,
    owner_kind: &str,
    owner_id: impl ToString,
    version: u64,
    status: &str,
    participants: u32,
) -> BookingFacts {
    let owner_id = owner_id.to_string();
    let of_whom = if owner_kind == "tour" { user_id.to_string() } else { String::new() };
    BookingFacts {
        booking_id: format!("{owner_id}-{of_whom}"),
        version,
        status: status.into(),
        reference: "CV-1".into(),
        user_id,
        owner_kind: owner_kind.into(),
        owner_id,
        owner_name: "Something to see".into(),
        batch_id: "1".into(),
        start_date: time::now(),
        end_date: time::now(),
        participants,
        total: 1000,
        paid: 1000,
        currency: "INR".into(),
    }
}

/// What bookings tells of one.
pub fn booking_told(booking: BookingFacts) -> Received<BookingTold> {
    taken(envelope(&BookingConfirmed { booking }))
}
