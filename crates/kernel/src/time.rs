//! Time is UTC, in JSON as RFC 3339.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

pub use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;

use crate::text::Invalid;

/// Now. The one place where the clock is read.
pub fn now() -> Timestamp {
    Timestamp::now()
}

pub const fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

pub const fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

pub const fn hours(count: u64) -> Duration {
    minutes(count * 60)
}

pub const fn days(count: u64) -> Duration {
    hours(count * 24)
}

/// Seconds since 1970, rounded up: DynamoDB's form of an expiry.
pub fn expiry_seconds(at: Timestamp) -> i64 {
    at.as_second() + i64::from(at.subsec_nanosecond() > 0)
}

/// A moment as people send it: RFC 3339, or a plain date or time, which is UTC. Lists of tours write a comma between the
/// two (`2021-04-25,10:00`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub Timestamp);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Moment {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let plain = || {
            let time = text.replacen(',', "T", 1).parse::<DateTime>().ok()?;
            Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
        };
        let moment = text.parse().ok().or_else(plain);
        moment.map(Self).ok_or_else(|| Invalid("must be a time, like 2026-06-19T09:00:00Z".into()))
    }
}

crate::text_value!(Moment, {
    "type": "string",
    "format": "date-time",
    "examples": ["2026-06-19T09:00:00Z"]
});

/// A time of day: hour and minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock(Time);

impl Clock {
    /// Both within their bounds, or it does not compile where it is a constant.
    pub const fn new(hour: i8, minute: i8) -> Self {
        Self(Time::constant(hour, minute, 0, 0))
    }

    pub const fn time(self) -> Time {
        self.0
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0.hour(), self.0.minute())
    }
}

impl FromStr for Clock {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let digits = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        let read = |text: &str| text.parse::<i8>().ok().filter(|_| digits(text));
        let parts = text.split_once(':').and_then(|(hour, minute)| Some((read(hour)?, read(minute)?)));
        let time = parts.and_then(|(hour, minute)| Time::new(hour, minute, 0, 0).ok());
        time.map(Self).ok_or_else(|| Invalid("must be a time of day, like 22:00".into()))
    }
}

crate::text_value!(Clock, {
    "type": "string",
    "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$",
    "examples": ["22:00"]
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_has_one_spelling() {
        assert_eq!("07:05".parse(), Ok(Clock::new(7, 5)));
        assert_eq!(Clock::new(22, 0).to_string(), "22:00");
        for text in ["", "7:05", "24:00", "12:60", "12:0", "12:00:00", "-1:00", "+1:00"] {
            assert!(text.parse::<Clock>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_moment_is_read_in_every_form() {
        let day: Timestamp = "2027-04-25T00:00:00Z".parse().unwrap();
        for text in ["2027-04-25", "2027-04-25T00:00:00", "2027-04-25,00:00", "2027-04-25T02:00:00+02:00"] {
            assert_eq!(text.parse::<Moment>().unwrap().0, day, "{text}");
        }
        assert!("tomorrow".parse::<Moment>().is_err());
    }
}
