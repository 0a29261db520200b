//! Time is UTC, in JSON as RFC 3339.

pub use jiff::Timestamp;
use std::time::Duration;

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
