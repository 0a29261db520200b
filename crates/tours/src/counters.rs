//! What is counted of treks and tours: views, and what bookings tell (TO-41).

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{AttributeValue, Put, Update};
use contracts::bookings::{
    BookingCancelled, BookingCompleted, BookingConfirmed, BookingFacts, BookingPaid, BookingPartiallyPaid,
    BookingRescheduled, BookingRestored, ParticipantCancelled,
};
use contracts::{Envelope, Message};
use kernel::{Failure, Problem, Result, UserId};
use messaging::{Incoming, Received};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::expression::{number, text, values};
use store::{Item, Key, Record, Table, Transaction};

use crate::tour::mine::LEFT;
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

/// What is told of bookings that count or counted.
#[derive(Debug, Clone, PartialEq)]
pub struct BookingTold(pub BookingFacts);

impl Incoming for BookingTold {
    fn types() -> Vec<&'static str> {
        vec![
            BookingCancelled::TYPE,
            BookingCompleted::TYPE,
            BookingConfirmed::TYPE,
            BookingPaid::TYPE,
            BookingPartiallyPaid::TYPE,
            BookingRescheduled::TYPE,
            BookingRestored::TYPE,
            ParticipantCancelled::TYPE,
        ]
    }

    /// What all facts about a booking have in common is all that is needed of them.
    fn read(envelope: &Envelope) -> Result<Self> {
        serde_json::from_value(envelope.data.clone()).map(Self).map_err(Failure::internal)
    }
}

/// What one booking adds to the counters, as the newest of its facts says.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Contribution {
    pub booking_id: String,
    /// The booking's.
    pub version: u64,
    /// One for a booking that is on its traveller's list of tours.
    #[serde(default)]
    pub own: i64,
    pub bookings: i64,
    pub participants: i64,
    pub completed: i64,
    /// Minor units.
    pub revenue: i64,
}

impl Record for Contribution {
    const KIND: &'static str = "contribution";

    fn key(&self) -> Key {
        Self::key_of(&self.booking_id)
    }
}

impl Contribution {
    fn key_of(booking: &str) -> Key {
        Key::new(format!("BOOKING#{booking}"), "COUNTED")
    }

    /// A booking counts from its confirmation on, until it is cancelled; its traveller sees it from the first payment on.
    fn of(facts: &BookingFacts) -> Self {
        let counts = matches!(facts.status.as_str(), "confirmed" | "completed");
        let paid = matches!(facts.status.as_str(), "partially_paid" | "paid");
        let if_counted = |number: i64| if counts { number } else { 0 };
        Self {
            booking_id: facts.booking_id.clone(),
            version: facts.version,
            own: i64::from(counts || paid),
            bookings: if_counted(1),
            participants: if_counted(i64::from(facts.participants)),
            completed: i64::from(facts.status == "completed"),
            revenue: if_counted(facts.total),
        }
    }

    /// In place of the one before.
    fn put(&self, table: &Table, before: Option<&Self>) -> Result<Put> {
        let put = Put::builder().table_name(&table.name).set_item(Some(self.to_item()?));
        let put = match before {
            None => put.condition_expression("attribute_not_exists(pk)"),
            Some(before) => put
                .condition_expression("version = :before")
                .expression_attribute_values(":before", number(before.version)),
        };
        put.build().map_err(Failure::internal)
    }
}

/// By how much a fact changes the counters.
struct Step {
    user_id: UserId,
    owner_kind: String,
    owner_id: String,
    own: i64,
    bookings: i64,
    participants: i64,
    completed: i64,
    revenue: i64,
    currency: String,
}

impl Step {
    fn between(facts: &BookingFacts, before: &Contribution, now: &Contribution) -> Self {
        Self {
            user_id: facts.user_id,
            owner_kind: facts.owner_kind.clone(),
            owner_id: facts.owner_id.clone(),
            own: now.own - before.own,
            bookings: now.bookings - before.bookings,
            participants: now.participants - before.participants,
            completed: now.completed - before.completed,
            revenue: now.revenue - before.revenue,
            currency: facts.currency.clone(),
        }
    }
}

impl Tours {
    /// Facts come in any order, and more than once: the newest of a booking says what it adds.
    pub async fn follow_booking(&self, told: &Received<BookingTold>) -> Result<()> {
        let owner = match told.0.owner_kind.as_str() {
            "tour" => format!("TOUR#{}", told.0.owner_id),
            "trek" => format!("TREK#{}", told.0.owner_id),
            _ => return Ok(()),
        };
        match again(|| self.count(told, &owner, true)).await {
            Err(failure) if failure.problem == LEFT => again(|| self.count(told, &owner, false)).await,
            counted => counted,
        }
    }

    async fn count(&self, told: &Received<BookingTold>, owner: &str, with_who: bool) -> Result<()> {
        let facts = &told.0;
        let before = self.table.get::<Contribution>(&Contribution::key_of(&facts.booking_id)).await?;
        if before.as_ref().is_some_and(|before| before.version >= facts.version) {
            return Ok(());
        }
        let now = Contribution::of(facts);
        let step = Step::between(facts, &before.clone().unwrap_or_default(), &now);
        let meanwhile = Problem::CONFLICT.because("Another fact of the booking came at this moment.");
        let mut effect = Transaction::new().put(now.put(&self.table, before.as_ref())?, meanwhile);
        if step.owner_kind == "trek" && step.bookings != 0 {
            effect = self.count_booking(effect, &step).await?;
        }
        if let ("tour", true, true, Ok(tour)) =
            (step.owner_kind.as_str(), with_who, step.own != 0, step.owner_id.parse())
        {
            effect = self.remember_booking(effect, step.user_id, tour, step.own)?;
        }
        let refused = Failure::internal("a count without a condition was refused");
        effect = effect.update(self.add(owner, &step)?, refused);
        told.commit(&self.table, effect).await.map(drop)
    }

    /// The popularity that lists sort by.
    async fn count_booking(&self, effect: Transaction, step: &Step) -> Result<Transaction> {
        let Ok(id) = step.owner_id.parse() else { return Ok(effect) };
        let head = self.catalogue.head().await?;
        let Some((mut trek, departures)) = self.trek(id).await? else { return Ok(effect) };
        trek.booking_count += step.bookings;
        self.relist(effect, head, &mut trek, &departures).await
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
