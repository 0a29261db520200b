//! What is on offer, and whose seats are whose in the end.

use std::collections::BTreeMap;

use acceptance::{Member, SOON, Visitor, eventually, send};
use kernel::id::Ulid;
use kernel::time;
use reqwest::Method;
use serde_json::json;

use crate::Complaints;
use crate::operator::System;
use crate::tables::Booking;
use crate::traveller::Story;

/// A trek with several departures.
pub struct Trip {
    pub trek: String,
    pub departures: Vec<String>,
}

impl Trip {
    /// Half of the price first, if one likes.
    pub async fn offer(departures: u64, seats: u32) -> Self {
        let admin = Member::admin().await.visitor;
        let own = Ulid::generate().to_string();
        let region = json!({"name": format!("Himalaya {own}"), "state": "Uttarakhand"});
        let region = admin.post("/regions", &region).await.is(201).field("id");
        let trek = json!({
            "name": format!("Kedarkantha {own}"), "description": "Snow", "region_id": region, "difficulty": "Easy",
            "duration": 6, "display_price": 1_000_000, "currency": "INR", "start_point": "Sankri",
            "end_point": "Sankri", "highlights": ["The summit"], "gst": {"percent": 5.0, "type": "excluded"},
            "partial_payment": {"enabled": true, "amount": 50.0, "amount_type": "percentage", "final_due_days": 3},
        });
        let trek = admin.post("/treks", &trek).await.is(201).field("id");
        let mut batches = Vec::new();
        for number in 0..departures {
            // Some so soon that not everything goes back.
            let start = time::now() + time::days(if number % 2 == 0 { 40 } else { 10 } + number % 7);
            let departure = json!({
                "owner_kind": "trek", "owner_id": trek, "start_date": start, "end_date": start + time::days(6),
                "max_participants": seats,
            });
            let made = || async {
                let answer = admin.post("/batches", &departure).await;
                (answer.status == 201).then(|| answer.field("id"))
            };
            batches.push(eventually("a departure of the trek", SOON, made).await);
        }
        let sell = format!("/api/v1/treks/{trek}/toggle-status");
        let on_sale =
            || async { (send(admin.request(Method::PATCH, &sell)).await.status == 200).then_some(()) };
        eventually("the trek on sale", SOON, on_sale).await;
        // A stranger sees the departures of what is on sale for bookings, too; an administrator sees all.
        let stranger = Visitor::new();
        let known =
            || async { (stranger.get(&format!("/batches/trek/{trek}")).await.status == 200).then_some(()) };
        eventually("bookings knows that it is on sale", SOON, known).await;
        Self { trek, departures: batches }
    }
}

pub fn check(complaints: &mut Complaints, system: &System, stories: &[Story]) {
    ends(complaints, system, stories);
    let mut taken = BTreeMap::<String, (i64, i64)>::new();
    for booking in &system.bookings {
        let (held, booked) = booking.seats();
        let sums = taken.entry(booking.batch_id.clone()).or_default();
        *sums = (sums.0 + held, sums.1 + booked);
    }
    for batch in &system.batches {
        let id = &batch.id;
        let (held, booked) = taken.get(id).copied().unwrap_or_default();
        complaints.same(
            || format!("seats held and booked of {id}"),
            &(batch.held, batch.booked),
            &(held, booked),
        );
        let free = batch.max_participants - batch.reserved_slots - held - booked;
        complaints.same(|| format!("seats free of {id}"), &batch.free, &free);
        let mut told = system.departures.iter().flat_map(|it| &it.list).filter(|it| it.batch_id == *id);
        let shown = told.next().map(|it| (it.seats_left, it.seats_taken));
        complaints.same(|| format!("seats that tours shows of {id}"), &shown, &Some((free, held + booked)));
    }
    for booking in system.bookings.iter().filter(|it| it.status != "on_hold") {
        let guard = format!("OPENHOLD#{}#{}", booking.user_id, booking.batch_id);
        complaints.check(!system.keys.contains(&guard), || format!("{guard} is left"));
    }
    let mut counted = BTreeMap::<String, i64>::new();
    for booking in &system.all_bookings {
        *counted.entry(booking.status.clone()).or_default() += 1;
    }
    complaints.same(|| "bookings by state".into(), &system.counted, &counted);
}

/// Everybody's booking is as they left it, and there is none that nobody knows of.
fn ends(complaints: &mut Complaints, system: &System, stories: &[Story]) {
    let known = |booking: &Booking| stories.iter().any(|story| story.booking.as_ref() == Some(&booking.id));
    for booking in system.bookings.iter().filter(|booking| !known(booking)) {
        complaints.0.push(format!("booking {} ({}) is nobody's", booking.id, booking.status));
    }
    for story in stories {
        let Some(id) = &story.booking else { continue };
        let Some(booking) = system.bookings.iter().find(|booking| booking.id == *id) else {
            complaints.0.push(format!("booking {id} is gone: {story:?}"));
            continue;
        };
        let status = booking.status.as_str();
        complaints
            .check(story.fate.ends().contains(&status), || format!("booking {id} is {status}: {story:?}"));
        complaints.same(|| format!("departure of {id}"), &booking.batch_id, &story.departure);
    }
}

/// The front door says what the tables say.
pub async fn shown(complaints: &mut Complaints, system: &System) {
    for batch in &system.batches {
        let shown = Visitor::new().get(&format!("/batches/{}", batch.id)).await.json();
        complaints.same(|| format!("seats shown of {}", batch.id), &shown["seats_left"], &json!(batch.free));
    }
}
