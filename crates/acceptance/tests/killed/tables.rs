//! What the tables of the contexts hold, as far as it is looked at here. Written anew and not the contexts' own code: what
//! reads a thing wrongly would find it right.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use store::Item;

#[derive(Debug, Clone, Deserialize)]
pub struct Batch {
    pub id: String,
    pub max_participants: i64,
    pub reserved_slots: i64,
    pub held: i64,
    pub booked: i64,
    pub free: i64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Booking {
    pub id: String,
    pub user_id: String,
    pub batch_id: String,
    pub status: String,
    pub payment_mode: String,
    /// Minor units that count.
    pub paid: i64,
    pub payments: Vec<Arrived>,
    pub refunds: Vec<Owed>,
    pub participants: Vec<Participant>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Arrived {
    pub amount: i64,
    pub credited: i64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Owed {
    pub key: String,
    pub amount: i64,
    pub returned: i64,
    pub status: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Participant {
    #[serde(default)]
    pub left: Option<Left>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Left {
    pub refund: i64,
    pub together: bool,
}

impl Booking {
    /// Seats held, and seats booked.
    pub fn seats(&self) -> (i64, i64) {
        let active = self.participants.iter().filter(|it| it.left.is_none()).count() as i64;
        match self.status.as_str() {
            "on_hold" => (active, 0),
            "expired" | "cancelled" => (0, 0),
            _ => (0, active),
        }
    }
}

/// Whose it is, as payments knows it.
#[derive(Debug, Clone, Deserialize)]
pub struct About {
    pub id: String,
    pub instalment: u32,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Payment {
    pub id: String,
    pub about: About,
    pub captured: i64,
    pub refunding: i64,
    pub refunded: i64,
    pub extra: bool,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Refund {
    pub id: String,
    pub about: About,
    pub amount: i64,
    pub status: String,
    #[serde(default)]
    pub provider_ref: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Order {
    pub about: About,
    pub key: String,
    pub done: i64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Movement {
    pub id: String,
    pub movement: String,
    pub payment_id: String,
    #[serde(default)]
    pub refund_id: Option<String>,
    pub subject_id: String,
    pub amount: i64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Entry {
    pub account: String,
    pub movement_id: String,
    pub debit: i64,
    pub credit: i64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Event {
    pub id: String,
    #[serde(default)]
    pub processed_at: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Letter {
    pub id: String,
    #[serde(default)]
    pub user_id: Option<String>,
    pub template: String,
    pub status: String,
    #[serde(default)]
    pub provider_id: Option<String>,
    /// JSON.
    pub context: String,
}

impl Letter {
    /// What it is about: a booking, or money for one.
    pub fn about(&self) -> String {
        let context: Value = serde_json::from_str(&self.context).unwrap_or_default();
        let id = context["booking_id"].as_str().or(context["about"]["id"].as_str());
        id.unwrap_or_default().to_owned()
    }
}

#[derive(Debug, Clone, Deserialize)]
pub struct Notice {
    pub user_id: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub entity: Option<Entity>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Entity {
    pub id: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Departures {
    pub list: Vec<Departure>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Departure {
    pub batch_id: String,
    pub seats_left: i64,
    pub seats_taken: i64,
}

pub fn text(item: &Item, name: &str) -> String {
    item.get(name).and_then(|it| it.as_s().ok()).cloned().unwrap_or_default()
}

/// Everything of a kind.
pub fn all<T: DeserializeOwned>(items: &[Item], kind: &str) -> Vec<T> {
    let of_kind = items.iter().filter(|item| text(item, "kind") == kind);
    of_kind
        .map(|item| serde_dynamo::from_item(item.clone()).unwrap_or_else(|why| panic!("{kind}: {why}")))
        .collect()
}

/// How many bookings are in which state, by bookings' own count.
pub fn counted(items: &[Item]) -> BTreeMap<String, i64> {
    const STATES: [&str; 7] =
        ["on_hold", "partially_paid", "paid", "confirmed", "completed", "expired", "cancelled"];
    let mut counts = BTreeMap::new();
    for item in items.iter().filter(|item| text(item, "pk").starts_with("STATISTICS#")) {
        for state in STATES {
            let count = item.get(state).and_then(|it| it.as_n().ok()).and_then(|it| it.parse::<i64>().ok());
            *counts.entry(state.to_owned()).or_default() += count.unwrap_or_default();
        }
    }
    counts.retain(|_, count| *count != 0);
    counts
}
