//! What has to be done at a moment.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use kernel::id::Ulid;
use kernel::{Result, Timestamp};
use store::{Item, Key, Table};

/// What is to be done, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Nobody has paid: the seats become free.
    Hold(Timestamp),
    /// On the morning of a day, whichever that is where the operator is.
    Day(Date),
    /// A departure begins or ends.
    Batch(Timestamp),
}

impl Due {
    fn name(self) -> &'static str {
        match self {
            Self::Hold(_) => "HOLD",
            Self::Day(_) => "DAY",
            Self::Batch(_) => "BATCH",
        }
    }

    fn moment(self) -> Timestamp {
        match self {
            Self::Hold(at) | Self::Batch(at) => at,
            Self::Day(date) => {
                let midnight = date.to_datetime(Time::midnight()).to_zoned(TimeZone::UTC);
                midnight.map_or(Timestamp::UNIX_EPOCH, |at| at.timestamp())
            }
        }
    }
}

pub fn key(due: Due, id: Ulid) -> Key {
    store::due_key(due.name(), id, due.moment())
}

/// What is due by then, the oldest first in each partition; `most` of each.
pub async fn until(table: &Table, due: Due, most: i32) -> Result<Vec<Item>> {
    table.due(due.name(), due.moment(), most).await
}
