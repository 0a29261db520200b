//! Tours, for every story that begins there.

use kernel::id::Ulid;
use kernel::time;
use serde_json::{Value, json};

use crate::{SOON, Visitor, eventually};

/// What somebody sends to post a tour; its name, of 10 to 40 letters, nobody has.
pub fn tour(change: impl FnOnce(&mut Value)) -> Value {
    let mut tour = json!({
        "name": format!("Tour {}", Ulid::generate()), "duration": 5, "maxGroupSize": 25, "difficulty": "easy",
        "price": 39_700, "summary": "Breathtaking hike", "imageCover": "tour-1-cover.jpg",
    });
    change(&mut tour);
    tour
}

/// A tour that was posted with a date in so many days, and the departure that bookings made of it.
pub async fn departing(admin: &Visitor, days: u64, seats: u32) -> (String, String) {
    let tour = tour(|it| {
        it["maxGroupSize"] = json!(seats);
        it["startDates"] = json!([time::now() + time::days(days)]);
    });
    let tour = admin.post("/tours", &tour).await.is(201).field("id");
    let departure = || async {
        let list = Visitor::new().get(&format!("/batches/tour/{tour}")).await.json();
        list["data"][0]["id"].as_str().map(str::to_owned)
    };
    let batch = eventually("the tour's departure", SOON, departure).await;
    (tour, batch)
}
