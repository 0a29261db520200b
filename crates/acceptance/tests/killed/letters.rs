//! Everybody heard of everything that happened to their booking, in the app and by mail, and of each only once.

use std::collections::{BTreeMap, BTreeSet};

use acceptance::{Member, all_mails};
use serde_json::Value;

use crate::Complaints;
use crate::killer::Kill;
use crate::operator::System;
use crate::tables::{Booking, Notice};
use crate::traveller::{Fate, Story};

/// From the mail service's answer to the record of it, on a slow machine that is busy.
const WINDOW: f64 = 5.0;

/// What was sent.
pub struct Posted {
    pub mails: usize,
    /// Sent, not recorded, and sent again.
    pub again: usize,
}

pub async fn check(
    complaints: &mut Complaints,
    system: &System,
    stories: &[Story],
    people: &[Member],
    kills: &[Kill],
) -> Posted {
    for story in stories {
        if let Some(booking) = system.bookings.iter().find(|it| Some(&it.id) == story.booking.as_ref()) {
            heard(complaints, system, booking, story);
        }
    }
    sent_once(complaints, system, people, kills).await
}

fn heard(complaints: &mut Complaints, system: &System, booking: &Booking, story: &Story) {
    let id = &booking.id;
    let mut mails = BTreeMap::<&str, usize>::new();
    for mail in system.mails.iter().filter(|mail| mail.about() == *id) {
        *mails.entry(mail.template.as_str()).or_default() += 1;
    }
    let mut wanted = told(booking, story.fate);
    let mut notices = BTreeMap::<&str, usize>::new();
    let on_it = |it: &&Notice| it.entity.as_ref().is_some_and(|entity| entity.id == *id);
    for notice in system.notices.iter().filter(on_it) {
        *notices.entry(notice.kind.as_str()).or_default() += 1;
    }
    let in_app = BTreeMap::from_iter(
        wanted.iter().map(|(name, count)| (*name, *count)).chain([("booking_created", 1)]),
    );
    complaints.same(|| format!("notifications of {id}"), &notices, &in_app);
    let orders = system.orders.iter().filter(|order| order.about.id == *id).count();
    wanted.extend([("payment_received", booking.payments.len()), ("refund_paid", orders)]);
    wanted.retain(|_, count| *count > 0);
    complaints.same(|| format!("mails of {id} ({})", booking.status), &mails, &wanted);
}

/// By what a booking is follows what it was, and each of that is told once.
fn told(booking: &Booking, fate: Fate) -> BTreeMap<&'static str, usize> {
    let came = booking.payments.iter().filter(|it| it.credited > 0).count();
    let in_parts = booking.payment_mode == "partial";
    // Who pays too late has seen it expired, whatever the money made of it then.
    let expired = booking.status == "expired" || fate == Fate::PaysTooLate;
    let stayed = booking.participants.iter().filter_map(|it| it.left.as_ref()).filter(|it| !it.together);
    let mut told = BTreeMap::from([
        ("booking_partially_paid", usize::from(in_parts && came > 0)),
        ("booking_paid", usize::from(came > usize::from(in_parts))),
        ("booking_confirmed", usize::from(booking.status == "confirmed")),
        ("booking_cancelled", usize::from(booking.status == "cancelled")),
        ("booking_expired", usize::from(expired)),
        ("participant_cancelled", stayed.count()),
    ]);
    told.retain(|_, count| *count > 0);
    told
}

/// Each mail of the log is in somebody's box; what is there beside was sent by a process that died before it could write that
/// down, and each death explains one.
async fn sent_once(
    complaints: &mut Complaints,
    system: &System,
    people: &[Member],
    kills: &[Kill],
) -> Posted {
    let all = all_mails().await;
    let ours = |mail: &&Value| {
        let to = mail["To"][0].as_str().unwrap_or_default();
        // Codes are sent by identity, which keeps no log of them.
        people.iter().any(|person| person.email == to) && mail["BodyHtml"] != ""
    };
    let sent: BTreeMap<&str, f64> = all
        .iter()
        .filter(ours)
        .filter_map(|mail| Some((mail["MessageId"].as_str()?, mail["Timestamp"].as_f64()?)))
        .collect();
    let mut recorded = BTreeSet::new();
    for mail in &system.mails {
        let id = mail.provider_id.as_deref().unwrap_or_default();
        let there = mail.status == "sent" && sent.contains_key(id) && recorded.insert(id);
        complaints.check(there, || format!("mail {} ({}) is {}", mail.id, mail.template, mail.status));
    }
    // Both in the order of time, and all windows are as long: who takes the first that fits takes it from nobody.
    let mut deaths: Vec<f64> = kills.iter().filter(|it| it.function == "send-mail").map(|it| it.at).collect();
    let mut unrecorded: Vec<_> = sent.iter().filter(|(id, _)| !recorded.contains(*id)).collect();
    unrecorded.sort_by(|(_, one), (_, other)| one.total_cmp(other));
    let again = unrecorded.len();
    for (id, at) in unrecorded {
        // What a process asked for may be taken when it is dead already.
        let death = deaths.iter().position(|death| (death - at).abs() < WINDOW);
        match death {
            Some(place) => drop(deaths.remove(place)),
            None => complaints.0.push(format!("mail {id} was sent at {at}, not recorded, and nobody died")),
        }
    }
    Posted { mails: sent.len(), again }
}
