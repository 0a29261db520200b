//! What is on offer, and whose seats are whose in the end.

use std::collections::BTreeMap;

use acceptance::treks::{departure, sell, written};
use acceptance::{Member, SOON, Visitor, eventually};
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
        let trek = written(&admin, |_| ()).await;
        let mut batches = Vec::new();
        for number in 0..departures {
            // Some so soon that not everything goes back.
            let days = if number % 2 == 0 { 40 } else { 10 } + number % 7;
            batches.push(departure(&admin, &trek, days, seats).await);
        }
        sell(&admin, &trek).await;
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
