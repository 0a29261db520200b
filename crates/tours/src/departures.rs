//! When tours and treks depart, as bookings tells (TO-42): one item for each tour or trek.

use contracts::bookings::BatchChanged;
use jiff::SignedDuration;
use kernel::{Result, Timestamp, time};
use messaging::Received;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Key, Record, Transaction};

use crate::listed::Listed;
use crate::tour::Tour;
use crate::trek::Trek;
use crate::{Tours, again};

/// A departure that is over for so long is dropped; no message of it can come any more (a queue keeps one for 14 days).
const KEPT: SignedDuration = SignedDuration::from_hours(60 * 24);

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Departures {
    /// The partition of the tour or trek.
    pub owner: String,
    pub list: Vec<Departure>,
    pub version: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Departure {
    pub batch_id: String,
    pub start_date: Timestamp,
    pub end_date: Timestamp,
    /// The date of the tour that it was made for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posted_start: Option<Timestamp>,
    /// Minor units for one participant.
    pub price: i64,
    pub currency: String,
    pub seats_left: u32,
    pub seats_taken: u32,
    /// Whether it is to be sold, apart from seats and dates.
    pub on_sale: bool,
    pub cancelled: bool,
    /// Kept for a while, so that an older message does not bring it back.
    pub deleted: bool,
    /// Bookings' version: the newest wins.
    pub version: u64,
}

impl Departure {
    /// Whether somebody can book it now.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.has_room() && self.start_date > now
    }

    fn has_room(&self) -> bool {
        self.on_sale && !self.cancelled && !self.deleted && self.seats_left > 0
    }

    pub fn takes_place(&self) -> bool {
        !self.cancelled && !self.deleted
    }

    /// Whether the date that the tour was posted with is not to be shown for ever.
    fn was_not_as_posted(&self) -> bool {
        self.posted_start.is_some_and(|posted| !self.takes_place() || posted != self.start_date)
    }
}

/// A departure as lists show it: without seats, so that not every booking changes the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Date {
    pub batch_id: String,
    pub start_date: Timestamp,
    pub end_date: Timestamp,
    /// Minor units for one participant.
    pub price: i64,
    /// Whether there are seats on sale.
    pub open: bool,
}

impl Record for Departures {
    const KIND: &'static str = "departures";

    fn key(&self) -> Key {
        Self::key_of(&self.owner)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

impl Departures {
    pub fn of(owner: String) -> Self {
        Self { owner, ..Self::default() }
    }

    pub fn key_of(owner: &str) -> Key {
        Key::new(owner, "DEPARTURES")
    }

    /// Those that take place, the earliest first.
    pub fn dates(&self) -> Vec<Date> {
        let mut dates: Vec<_> = self
            .list
            .iter()
            .filter(|it| it.takes_place())
            .map(|it| Date {
                batch_id: it.batch_id.clone(),
                start_date: it.start_date,
                end_date: it.end_date,
                price: it.price,
                open: it.has_room(),
            })
            .collect();
        dates.sort_by(|a, b| (a.start_date, &a.batch_id).cmp(&(b.start_date, &b.batch_id)));
        dates
    }

    /// When a tour starts: the dates it was posted with, as long as no departure says what became of them, and its
    /// departures. So a tour that is over, or whose departures are still on their way, keeps its dates.
    pub fn starts(&self, posted: impl Iterator<Item = Timestamp>) -> Vec<Timestamp> {
        // One for one: a tour may be posted to start twice at the same time, which makes one departure.
        let mut told: Vec<_> = self.list.iter().filter_map(|it| it.posted_start).collect();
        let untold = |start: &Timestamp| match told.iter().position(|it| it == start) {
            Some(at) => {
                told.swap_remove(at);
                false
            }
            None => true,
        };
        let departing = self.list.iter().filter(|it| it.takes_place()).map(|it| it.start_date);
        let mut starts: Vec<_> = posted.filter(untold).chain(departing).collect();
        starts.sort();
        starts
    }

    /// Whether somebody has booked a seat of a departure to come.
    pub fn is_booked(&self) -> bool {
        let now = time::now();
        self.list.iter().any(|it| it.takes_place() && it.seats_taken > 0 && it.end_date > now)
    }

    /// Takes a newer state; `false` when there is nothing new in it.
    fn take(&mut self, told: &BatchChanged, now: Timestamp) -> bool {
        if self.list.iter().any(|it| it.batch_id == told.batch_id && it.version >= told.version) {
            return false;
        }
        self.list.retain(|it| {
            it.batch_id != told.batch_id && (it.end_date + KEPT > now || it.was_not_as_posted())
        });
        self.list.push(Departure {
            batch_id: told.batch_id.clone(),
            start_date: told.start_date,
            end_date: told.end_date,
            posted_start: told.posted_start,
            price: told.price,
            currency: told.currency.clone(),
            seats_left: told.seats_left,
            seats_taken: told.seats_taken,
            on_sale: told.active && told.status == "upcoming",
            cancelled: told.status == "cancelled",
            deleted: told.deleted,
            version: told.version,
        });
        true
    }
}

impl Tours {
    /// Keeps the newest state of a departure; lists learn of it when what they show of it changes.
    pub async fn follow_departure(&self, told: &Received<BatchChanged>) -> Result<()> {
        match told.owner_kind.as_str() {
            "tour" => again(|| self.depart::<Tour>(told)).await,
            "trek" => again(|| self.depart::<Trek>(told)).await,
            _ => Ok(()),
        }
    }

    async fn depart<T: Listed>(&self, told: &Received<BatchChanged>) -> Result<()> {
        let head = self.catalogue.head().await?;
        // Of what is gone nothing is kept.
        let Some((mut owner, mut departures)) = T::find(self, &told.owner_id).await? else { return Ok(()) };
        let shown = departures.dates();
        if !departures.take(told, time::now()) {
            return Ok(());
        }
        let mut effect = self.keep(&departures)?;
        if departures.dates() != shown {
            let (id, place) = (owner.id(), *owner.place());
            let shelving = self.catalogue.shelve(head, &id, place, owner.entry(&departures)?).await?;
            if shelving.place != place {
                *owner.place() = shelving.place;
                effect = effect.replace(&self.table, &owner)?;
            }
            effect = shelving.into(effect, &self.table)?;
        }
        told.commit(&self.table, effect).await.map(drop)
    }

    fn keep(&self, departures: &Departures) -> Result<Transaction> {
        let effect = Transaction::new();
        match departures.version {
            0 => {
                let first = Departures { version: 1, ..departures.clone() };
                effect.create(&self.table, &first, kernel::Problem::CONFLICT.because("Somebody was faster."))
            }
            _ => effect.replace(&self.table, departures),
        }
    }
}
