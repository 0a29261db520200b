//! US-25: when a worker takes jobs.

use contracts::users::AvailabilityChanged;
use deserr::Deserr;
use kernel::time::Moment;
use kernel::{FieldErrors, Problem, Result, Timestamp, UserId, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::expression::text;
use store::{Record, Transaction};
use web::{Caller, Json, Once};

use super::Worker;
use super::fields::Day;
use crate::Users;
use crate::preferences::Zone;

/// The partition of the due index with the pauses that will end.
pub const PAUSED: &str = "PAUSED";
/// Pauses that one run of the schedule ends at most; the next run goes on.
const A_RUN: i32 = 100;

const MOST_SLOTS: usize = 50;
const MOST_HOLIDAYS: usize = 100;
/// A week has no more hours.
const MOST_HOURS: u32 = 168;
const DAY_MINUTES: u32 = 24 * 60;

kernel::words! {
    /// Whether a worker takes jobs.
    AvailabilityStatus { Available "available", Busy "busy", Unavailable "unavailable", Vacation "vacation" }
}

kernel::words! {
    Weekday {
        Monday "monday", Tuesday "tuesday", Wednesday "wednesday", Thursday "thursday", Friday "friday",
        Saturday "saturday", Sunday "sunday",
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Availability {
    pub status: AvailabilityStatus,
    /// Hours of a usual week.
    pub weekly_slots: Vec<Slot>,
    pub holidays: Vec<Day>,
    /// Takes no jobs until then, whatever the status says.
    pub paused_until: Option<Timestamp>,
    pub weekly_cap_hours: Option<u32>,
    pub timezone: Option<Zone>,
    /// Whether the worker has ever said anything about it.
    #[serde(default)]
    #[schemars(skip)]
    pub is_set: bool,
}

/// Some hours of a day of the week.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Slot {
    pub day: Weekday,
    /// Minutes after midnight.
    #[schemars(range(max = 1439), example = &480)]
    pub from: u32,
    /// Minutes after midnight, later than `from`; 1440 is the end of the day.
    #[schemars(range(min = 1, max = 1440), example = &1020)]
    pub to: u32,
}

impl Default for Availability {
    fn default() -> Self {
        Self {
            status: AvailabilityStatus::Available,
            weekly_slots: Vec::new(),
            holidays: Vec::new(),
            paused_until: None,
            weekly_cap_hours: None,
            timezone: None,
            is_set: false,
        }
    }
}

impl Availability {
    /// What holds right now.
    pub fn now(&self) -> AvailabilityStatus {
        match self.paused_until {
            Some(until) if until > time::now() => AvailabilityStatus::Unavailable,
            _ => self.status,
        }
    }
}

/// Sorts as the moments do.
pub(super) fn due_key(at: Timestamp) -> String {
    format!("{:012}", at.as_second())
}

/// The whole of it: what is left out is empty afterwards.
#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct NewAvailability {
    pub status: AvailabilityStatus,
    /// Without overlaps.
    #[deserr(default)]
    #[schemars(length(max = 50))]
    pub weekly_slots: Vec<Slot>,
    #[deserr(default)]
    #[schemars(length(max = 100))]
    pub holidays: Vec<Day>,
    /// In the future.
    #[deserr(default)]
    #[schemars(example = &"2099-03-31T08:00:00Z")]
    pub paused_until: Option<Moment>,
    #[deserr(default)]
    #[schemars(range(max = 168))]
    pub weekly_cap_hours: Option<u32>,
    #[deserr(default)]
    pub timezone: Option<Zone>,
}

impl NewAvailability {
    fn check(&self) -> Result<()> {
        let mut errors = FieldErrors::default();
        for (at, slot) in self.weekly_slots.iter().enumerate() {
            if slot.from >= slot.to || slot.to > DAY_MINUTES {
                errors.push(format!("/weekly_slots/{at}"), "must end after it begins, on the same day");
            }
            let overlaps =
                |other: &Slot| other.day == slot.day && other.from < slot.to && slot.from < other.to;
            if self.weekly_slots[..at].iter().any(overlaps) {
                errors.push(format!("/weekly_slots/{at}"), "overlaps with another slot");
            }
        }
        if self.weekly_slots.len() > MOST_SLOTS {
            errors.push("/weekly_slots", format!("may have at most {MOST_SLOTS}"));
        }
        if self.holidays.len() > MOST_HOLIDAYS {
            errors.push("/holidays", format!("may have at most {MOST_HOLIDAYS}"));
        }
        if self.weekly_cap_hours.is_some_and(|hours| hours > MOST_HOURS) {
            errors.push("/weekly_cap_hours", format!("must be from 0 to {MOST_HOURS}"));
        }
        if self.paused_until.is_some_and(|until| until.0 <= time::now()) {
            errors.push("/paused_until", "must be in the future");
        }
        errors.or(())
    }

    fn availability(&self) -> Availability {
        let new = self.clone();
        let mut holidays = new.holidays;
        holidays.sort_unstable();
        holidays.dedup();
        Availability {
            status: new.status,
            weekly_slots: new.weekly_slots,
            holidays,
            paused_until: new.paused_until.map(|until| until.0),
            weekly_cap_hours: new.weekly_cap_hours,
            timezone: new.timezone,
            is_set: true,
        }
    }
}

impl Users {
    pub async fn set_availability(
        &self,
        caller: &Caller,
        id: UserId,
        new: &NewAvailability,
    ) -> Result<Json<Availability>> {
        new.check()?;
        self.change_worker(Once::default(), id, |worker| {
            worker.owned_by(caller)?;
            let before = worker.availability.now();
            worker.availability = new.availability();
            let effect = told(Transaction::new(), worker, before)?;
            Ok((effect, Json::new(worker.availability.clone())))
        })
        .await
    }

    /// Ends the pauses that are over; answers how many.
    pub async fn resume_workers(&self) -> Result<usize> {
        let request = self.table.client.query().table_name(&self.table.name).index_name("gsi1");
        let answer = request
            .key_condition_expression("gsi1pk = :paused AND gsi1sk <= :now")
            .expression_attribute_values(":paused", text(PAUSED))
            .expression_attribute_values(":now", text(due_key(time::now())))
            .limit(A_RUN)
            .send()
            .await
            .map_err(store::failure)?;
        let mut resumed = 0;
        for item in answer.items.unwrap_or_default() {
            resumed += usize::from(self.resume(Worker::from_item(item)?).await?);
        }
        Ok(resumed)
    }

    /// `Ok(false)` when somebody else has changed the worker meanwhile.
    async fn resume(&self, mut worker: Worker) -> Result<bool> {
        worker.availability.paused_until = None;
        let effect = told(Transaction::new(), &worker, AvailabilityStatus::Unavailable)?;
        match worker.saved(&self.table, effect)?.commit(&self.table).await {
            Ok(()) => Ok(true),
            Err(failure) if failure.problem == Problem::CONFLICT => Ok(false),
            Err(failure) => Err(failure),
        }
    }
}

/// Tells when what holds right now is not what held before.
fn told(effect: Transaction, worker: &Worker, before: AvailabilityStatus) -> Result<Transaction> {
    let status = worker.availability.now();
    if status == before {
        return Ok(effect);
    }
    effect.publish(&AvailabilityChanged { user_id: worker.user_id, status: status.to_string() })
}
