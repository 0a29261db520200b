//! What is counted of treks and tours: views, and what bookings tell (TO-41).

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{AttributeValue, Update};
use contracts::bookings::{BookingCancelled, BookingCompleted, BookingConfirmed};
use contracts::{Envelope, Message};
use kernel::{Failure, Result, UserId};
use messaging::{Incoming, Received};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::expression::{number, text, values};
use store::{Item, Key, Table, Transaction};

use crate::tour::mine::LEFT;
use crate::trek::Trek;
use crate::{Tours, again};

/// What was counted of a trek or tour.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Counters {
    pub views: u64,
    /// Confirmed and not cancelled.
    pub bookings: i64,
    pub participants: i64,
    pub completed: i64,
    /// Minor units of what was confirmed and not cancelled, by currency.
    pub revenue: BTreeMap<String, i64>,
}

const KIND: &str = "counters";
/// Each currency is an attribute of its own, so that it can be added to without reading.
const REVENUE: &str = "revenue_";

impl Counters {
    pub fn key_of(owner: &str) -> Key {
        Key::new(owner, "COUNTERS")
    }

    pub fn of(item: &Item) -> Self {
        let number = |value: &AttributeValue| value.as_n().ok()?.parse::<i64>().ok();
        let count = |name: &str| item.get(name).and_then(number).unwrap_or(0);
        let revenue = item
            .iter()
            .filter_map(|(name, value)| Some((name.strip_prefix(REVENUE)?.to_owned(), number(value)?)));
        Self {
            views: count("views").unsigned_abs(),
            bookings: count("bookings"),
            participants: count("participants"),
            completed: count("completed"),
            revenue: revenue.collect(),
        }
    }
}

/// One more view.
pub(crate) fn count_view(effect: Transaction, table: &Table, owner: &str) -> Result<Transaction> {
    let update = Update::builder()
        .table_name(&table.name)
        .set_key(Some(Counters::key_of(owner).to_item()))
        .update_expression("SET kind = :kind ADD #views :one")
        .expression_attribute_names("#views", "views")
        .set_expression_attribute_values(values([(":one", number(1)), (":kind", text(KIND))]))
        .build()
        .map_err(Failure::internal)?;
    Ok(effect.update(update, Failure::internal("a count without a condition was refused")))
}

/// What is told of bookings.
#[derive(Debug, Clone, PartialEq)]
pub enum BookingTold {
    Confirmed(BookingConfirmed),
    Cancelled(BookingCancelled),
    Completed(BookingCompleted),
}

impl Incoming for BookingTold {
    fn types() -> Vec<&'static str> {
        vec![BookingCancelled::TYPE, BookingCompleted::TYPE, BookingConfirmed::TYPE]
    }

    fn read(envelope: &Envelope) -> Result<Self> {
        match envelope.kind.as_str() {
            BookingConfirmed::TYPE => BookingConfirmed::read(envelope).map(Self::Confirmed),
            BookingCancelled::TYPE => BookingCancelled::read(envelope).map(Self::Cancelled),
            _ => BookingCompleted::read(envelope).map(Self::Completed),
        }
    }
}

/// By how much a fact changes the counters.
struct Step {
    user_id: UserId,
    owner_kind: String,
    owner_id: String,
    bookings: i64,
    participants: i64,
    completed: i64,
    revenue: i64,
    currency: String,
}

impl BookingTold {
    /// Nothing for a booking that was cancelled before it counted.
    fn step(&self) -> Option<Step> {
        let (booking, sign, completed) = match self {
            Self::Confirmed(it) => (&it.booking, 1, 0),
            Self::Cancelled(it) if !it.was_confirmed => return None,
            Self::Cancelled(it) => (&it.booking, -1, 0),
            Self::Completed(it) => (&it.booking, 0, 1),
        };
        Some(Step {
            user_id: booking.user_id,
            owner_kind: booking.owner_kind.clone(),
            owner_id: booking.owner_id.clone(),
            bookings: sign,
            participants: sign * i64::from(booking.participants),
            completed,
            revenue: sign * booking.total,
            currency: booking.currency.clone(),
        })
    }
}

impl Tours {
    /// Counts each fact once. Facts come in any order; in the end the sum is the same.
    pub async fn follow_booking(&self, told: &Received<BookingTold>) -> Result<()> {
        let Some(step) = told.step() else { return Ok(()) };
        let owner = match step.owner_kind.as_str() {
            "tour" => format!("TOUR#{}", step.owner_id),
            "trek" => format!("TREK#{}", step.owner_id),
            _ => return Ok(()),
        };
        match again(|| self.count(told, &step, &owner, true)).await {
            Err(failure) if failure.problem == LEFT => again(|| self.count(told, &step, &owner, false)).await,
            counted => counted,
        }
    }

    async fn count(
        &self,
        told: &Received<BookingTold>,
        step: &Step,
        owner: &str,
        with_who: bool,
    ) -> Result<()> {
        let mut effect = Transaction::new();
        if step.owner_kind == "trek" && step.bookings != 0 {
            effect = self.count_booking(effect, step).await?;
        }
        if let ("tour", true, true, Ok(tour)) =
            (step.owner_kind.as_str(), with_who, step.bookings != 0, step.owner_id.parse())
        {
            effect = self.remember_booking(effect, step.user_id, tour, step.bookings)?;
        }
        let refused = Failure::internal("a count without a condition was refused");
        effect = effect.update(self.add(owner, step)?, refused);
        told.commit(&self.table, effect).await.map(drop)
    }

    /// The popularity that lists sort by.
    async fn count_booking(&self, effect: Transaction, step: &Step) -> Result<Transaction> {
        let Ok(id) = step.owner_id.parse() else { return Ok(effect) };
        let head = self.catalogue.head().await?;
        let Some((mut trek, departures)) = self.trek(id).await? else { return Ok(effect) };
        trek.booking_count += step.bookings;
        let shelving = self.catalogue.shelve(head, &id, trek.place, Trek::entry(&trek, &departures)?).await?;
        trek.place = shelving.place;
        shelving.into(effect.replace(&self.table, &trek)?, &self.table)
    }

    fn add(&self, owner: &str, step: &Step) -> Result<Update> {
        Update::builder()
            .table_name(&self.table.name)
            .set_key(Some(Counters::key_of(owner).to_item()))
            .update_expression(
                "SET kind = :kind ADD #bookings :bookings, #participants :participants, #completed :completed, #revenue :revenue",
            )
            .expression_attribute_names("#bookings", "bookings")
            .expression_attribute_names("#participants", "participants")
            .expression_attribute_names("#completed", "completed")
            .expression_attribute_names("#revenue", format!("{REVENUE}{}", step.currency))
            .set_expression_attribute_values(values([
                (":kind", text(KIND)),
                (":bookings", number(step.bookings)),
                (":participants", number(step.participants)),
                (":completed", number(step.completed)),
                (":revenue", number(step.revenue)),
            ]))
            .build()
            .map_err(Failure::internal)
    }
}
