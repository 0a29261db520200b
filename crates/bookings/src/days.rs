//! Days of the calendar.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::Timestamp;

/// The day of a moment, in UTC: departures are dated in it.
pub fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// Whole days from one day to another; below zero when it has passed.
pub fn days_between(from: Timestamp, to: Timestamp) -> i64 {
    // Both are real dates, so their difference has a number of days.
    day(from).until(day(to)).map_or(0, |span| i64::from(span.get_days()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        let days = |from: &str, to: &str| days_between(from.parse().unwrap(), to.parse().unwrap());
        assert_eq!(days("2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z"), 1);
        assert_eq!(days("2026-01-01T00:00:00Z", "2027-03-01T23:00:00Z"), 424);
        assert_eq!(days("2026-03-02T00:00:00Z", "2026-03-01T23:00:00Z"), -1);
    }
}
