//! BK-28, BK-29: what is due by the clock. Whatever is done leaves the due index; what fails stays in it.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::{Problem, Result, Timestamp, time};
use platform::{Aws, StartError, State, config};
use store::{Item, Record};

use crate::Bookings;
use crate::booking::Booking;
use crate::due::{Due, until};

/// Done by one run, of each partition.
const ROUND: i32 = 25;
/// The hour from which the mornings' work is done, where the operator is.
const MORNING: i8 = 9;

/// Bookings and the operator's own time.
pub struct Clock {
    pub bookings: Bookings,
    pub zone: TimeZone,
}

impl State for Clock {
    async fn start(aws: &Aws) -> Result<Self, StartError> {
        let name = config::optional("TIMEZONE").unwrap_or_else(|| "UTC".into());
        let zone =
            TimeZone::get(&name).map_err(|_| format!("the setting timezone is no time zone: {name}"))?;
        Ok(Self { bookings: Bookings::start(aws).await?, zone })
    }
}

impl Clock {
    /// Reminders, balances that did not come, trips that are over.
    pub async fn morning(&self) -> Result<usize> {
        self.morning_of(time::now()).await
    }

    pub async fn morning_of(&self, now: Timestamp) -> Result<usize> {
        let today = self.today(now);
        let due = until(&self.bookings.table, Due::Day(today), ROUND).await?;
        self.bookings.each(due, |booking| booking.morning(today, now)).await
    }

    /// The day whose morning has begun there.
    fn today(&self, now: Timestamp) -> Date {
        let local = now.to_zoned(self.zone.clone());
        let date = local.date();
        if local.hour() >= MORNING { date } else { date.yesterday().unwrap_or(date) }
    }
}

impl Bookings {
    /// Holds that nobody paid, and departures whose time has come.
    pub async fn expire_holds(&self) -> Result<usize> {
        let now = time::now();
        let holds = until(&self.table, Due::Hold(now), ROUND).await?;
        let expired = self.each(holds, |booking| Ok(booking.expire(now))).await;
        let batches = until(&self.table, Due::Batch(now), ROUND).await?;
        let (mut done, mut failed) = (0, None);
        for item in batches {
            match self.advance_batch(item).await {
                Ok(()) => done += 1,
                Err(failure) => failed = Some(failure),
            }
        }
        failed.map_or(expired.map(|expired| expired + done), Err)
    }

    /// One that fails does not keep the others; the index may be a moment behind, so each is read again.
    async fn each(
        &self,
        due: Vec<Item>,
        change: impl Fn(&Booking) -> Result<Option<crate::saga::Step>>,
    ) -> Result<usize> {
        let (mut done, mut failed) = (0, None);
        for item in due {
            let id = Booking::from_item(item)?.id;
            match self.change(id, |booking, _| change(booking)).await {
                Ok(_) => done += 1,
                Err(failure) if failure.problem == Problem::NOT_FOUND => {}
                Err(failure) => failed = Some(failure),
            }
        }
        failed.map_or(Ok(done), Err)
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::Offset;

    use super::*;

    #[test]
    fn a_morning_begins_at_nine_where_the_operator_is() {
        let table = store::Table::new(testkit_client(), "none");
        let clock = |hours| Clock {
            bookings: Bookings { table: table.clone() },
            zone: Offset::from_hours(hours).unwrap().to_time_zone(),
        };
        let today = |hours, at: &str| clock(hours).today(at.parse().unwrap()).to_string();
        assert_eq!(today(0, "2026-06-19T08:59:59Z"), "2026-06-18");
        assert_eq!(today(0, "2026-06-19T09:00:00Z"), "2026-06-19");
        assert_eq!(today(5, "2026-06-19T04:00:00Z"), "2026-06-19");
        assert_eq!(today(-8, "2026-06-19T09:00:00Z"), "2026-06-18");
    }

    /// A client that is never used.
    fn testkit_client() -> store::sdk::Client {
        let config = store::sdk::Config::builder().behavior_version_latest().build();
        store::sdk::Client::from_conf(config)
    }
}
