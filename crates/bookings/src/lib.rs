//! Bookings: departures and their seats, and what becomes of those who book them.
//!
//! A hold and its booking are one transaction. A booking is a saga (see [`saga`]): a pure function says what it becomes, and
//! [`change`] writes that together with its seats, its events and what payments is asked for.
//!
//! Access patterns of the table:
//!
//! | question | key or index | consistency |
//! |---|---|---|
//! | a departure with its seats | `BATCH#<id>` · `BATCH` | strong |
//! | who has seats on it | `BATCH#<id>` · `HOLD#<booking>` | strong |
//! | departures of a tour or trek, of a month | index 2 `OWNER#<kind>#<id>`, index 3 `CALENDAR#<month>`, by start | eventual |
//! | a booking | `BOOKING#<id>` · `BOOKING` | strong |
//! | somebody's bookings, those of a departure, those in a state | index 2 `USER#…`, index 3 `BOOKED#…`, index 4 `STATUS#…` | eventual |
//! | all bookings, those of a tour or trek, of a day, of an address | `BOOKING#<id>` · `ENTRY`: indexes 1 to 4 | eventual |
//! | whose reference is this? | `REFERENCE#<reference>` · `GUARD` | strong |
//! | does somebody hold seats there already? | `OPENHOLD#<user>#<batch>` · `GUARD` | strong |
//! | what is due now | index 1 `DUE#HOLD#…`, `DUE#DAY#…`, `DUE#BATCH#…` | eventual; looked at again when done |
//! | what came to nothing, and why | `FAILED#<id>` · `FAILED`: indexes 2 and 4 | eventual |
//! | how many are in which state | `STATISTICS#<shard>` · `STATISTICS` | eventual |
//! | what a tour or trek costs, a promotion, a person | `TERMS#…`, `PROMO#…`, `PERSON#…` | eventual: projections |
//! | which trek a link leads to | `LINK#<digest>` · `LINK` | eventual: a projection |
//! | how a tour or trek is rated | `RATING#<kind>#<id>` · `RATING` | eventual: a projection |
//! | the next invoice's number | `INVOICES#<year>` · `COUNTER` | strong |

pub mod batch;
pub mod booking;
mod change;
pub mod checkout;
pub mod custom;
pub mod days;
pub mod desk;
pub mod due;
pub mod entry;
pub mod failed;
pub mod follow;
pub mod hold;
mod letters;
pub mod list;
pub mod participant;
pub mod personal;
pub mod policy;
pub mod price;
pub mod request;
pub mod saga;
pub mod schedule;
pub mod statistics;
pub mod terms;
pub mod view;

use aws_sdk_dynamodb::types::AttributeValue;
use kernel::{Problem, Result};
use platform::model::Entity;
use platform::{Aws, StartError, State};
use store::{Item, OutboxMessage, Pager, Record, Table};

pub use change::ALREADY_HELD;

/// The context's table.
#[derive(Debug, Clone)]
pub struct Bookings {
    pub table: Table,
}

impl State for Bookings {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { table: Table::start(aws)? })
    }
}

/// The table, and the means to lead from one page of it to the next.
pub struct Desk {
    pub bookings: Bookings,
    pub pager: Pager,
}

impl State for Desk {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        Ok(Self { bookings: Bookings::start(aws).await?, pager: Pager::start()? })
    }
}

/// Never answered: the work is done again, from reading on.
pub(crate) const AGAIN: Problem = Problem::new("again", 409, "It changed meanwhile");

/// Does the work again when somebody else changed the same thing meanwhile.
pub(crate) async fn again<R, F: Future<Output = Result<R>>>(work: impl FnMut() -> F) -> Result<R> {
    store::again_at(&[AGAIN], work).await
}

/// What a replay sends of an item.
pub fn snapshot(item: Item) -> Result<Option<OutboxMessage>> {
    if item.get("kind") != Some(&AttributeValue::S(batch::Batch::KIND.into())) {
        return Ok(None);
    }
    let batch = batch::Batch::from_item(item)?;
    OutboxMessage::event(&batch.snapshot(batch.version)).map(Some)
}

/// The entities, for the documents.
pub fn model() -> Vec<Entity> {
    vec![
        Entity::of::<batch::Batch>("Batch", "pk BATCH#id · sk BATCH"),
        Entity::of::<batch::SeatHold>("SeatHold", "pk BATCH#batch_id · sk HOLD#booking_id"),
        Entity::of::<booking::Booking>("Booking", "pk BOOKING#id · sk BOOKING"),
        Entity::of::<entry::Entry>("BookingEntry", "pk BOOKING#id · sk ENTRY"),
        Entity::of::<failed::FailedBooking>("FailedBooking", "pk FAILED#booking_id · sk FAILED"),
        Entity::of::<terms::Terms>("Terms", "pk TERMS#kind#id · sk TERMS"),
        Entity::of::<terms::KnownPromo>("KnownPromo", "pk PROMO#code · sk PROMO"),
        Entity::of::<terms::Person>("BookingPerson", "pk PERSON#user_id · sk PERSON"),
        Entity::of::<terms::Link>("TrekLink", "pk LINK#digest · sk LINK"),
    ]
}
