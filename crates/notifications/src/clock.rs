//! Times of day where a person lives: quiet hours and the hour of the digest, also when clocks change.

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use kernel::Timestamp;
use kernel::time::Clock;

/// The zone of that name; UTC when nobody knows it.
pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// When the quiet hours end that `now` is in; `None` outside of them. They may go over midnight.
pub fn quiet_until(now: Timestamp, zone: &TimeZone, start: Clock, end: Clock) -> Option<Timestamp> {
    let local = now.to_zoned(zone.clone());
    let (time, start, end) = (local.time(), start.time(), end.time());
    let inside = if start <= end { start <= time && time < end } else { time >= start || time < end };
    if !inside {
        return None;
    }
    let day = if end <= time { local.date().tomorrow().ok()? } else { local.date() };
    // An end that the change of clocks skips comes an hour later.
    Some(day.to_datetime(end).to_zoned(zone.clone()).ok()?.timestamp())
}

/// The next moment after `now` at which it is `at` there, on any day or on Mondays.
pub fn next_at(now: Timestamp, zone: &TimeZone, at: Clock, mondays: bool) -> Option<Timestamp> {
    let mut day = now.to_zoned(zone.clone()).date();
    // A week and a day: today's may be over.
    for _ in 0..9 {
        let moment = day.to_datetime(at.time()).to_zoned(zone.clone()).ok()?.timestamp();
        if moment > now && (!mondays || day.weekday() == Weekday::Monday) {
            return Some(moment);
        }
        day = day.tomorrow().ok()?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn moment(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    const NIGHT: (Clock, Clock) = (Clock::new(22, 0), Clock::new(7, 0));

    fn until(now: &str, place: &str) -> Option<Timestamp> {
        quiet_until(moment(now), &zone(place), NIGHT.0, NIGHT.1)
    }

    #[test]
    fn a_night_goes_over_midnight_in_the_persons_own_time() {
        assert_eq!(until("2026-01-10T22:30:00Z", "UTC"), Some(moment("2026-01-11T07:00:00Z")));
        assert_eq!(until("2026-01-11T06:59:00Z", "UTC"), Some(moment("2026-01-11T07:00:00Z")));
        assert_eq!(until("2026-01-11T07:00:00Z", "UTC"), None);
        assert_eq!(until("2026-01-10T21:30:00Z", "UTC"), None);
        assert_eq!(until("2026-01-10T21:30:00Z", "Europe/Berlin"), Some(moment("2026-01-11T06:00:00Z")));
        assert_eq!(until("2026-01-10T22:30:00Z", "Asia/Kathmandu"), Some(moment("2026-01-11T01:15:00Z")));
    }

    #[test]
    fn the_morning_stays_where_it_is_when_clocks_change() {
        // On the last Sunday of March and of October.
        assert_eq!(until("2026-03-28T22:00:00Z", "Europe/Berlin"), Some(moment("2026-03-29T05:00:00Z")));
        assert_eq!(until("2026-10-24T21:00:00Z", "Europe/Berlin"), Some(moment("2026-10-25T06:00:00Z")));
        let gap =
            quiet_until(moment("2026-03-29T00:30:00Z"), &zone("Europe/Berlin"), NIGHT.0, Clock::new(2, 30));
        assert_eq!(gap, Some(moment("2026-03-29T01:30:00Z")));
    }

    #[test]
    fn a_digest_comes_at_its_hour_on_its_day() {
        let at = Clock::new(8, 0);
        let berlin = zone("Europe/Berlin");
        let next = |now: &str, mondays| next_at(moment(now), &berlin, at, mondays).unwrap();
        assert_eq!(next("2026-03-28T06:00:00Z", false), moment("2026-03-28T07:00:00Z"));
        assert_eq!(next("2026-03-28T07:00:00Z", false), moment("2026-03-29T06:00:00Z"));
        assert_eq!(next("2026-11-21T12:00:00Z", true), moment("2026-11-23T07:00:00Z"));
        assert_eq!(next("2026-11-23T07:00:00Z", true), moment("2026-11-30T07:00:00Z"));
    }

    proptest! {
        #[test]
        fn quiet_hours_end_within_a_day_and_nothing_is_quiet_then(
            now in 1_700_000_000_i64..1_900_000_000, start in 0_i8..24, end in 0_i8..24,
            place in prop::sample::select(vec!["UTC", "Africa/Accra", "Europe/Berlin", "America/St_Johns", "Pacific/Apia"]),
        ) {
            let (now, zone) = (Timestamp::from_second(now).unwrap(), zone(place));
            let (start, end) = (Clock::new(start, 0), Clock::new(end, 0));
            if let Some(until) = quiet_until(now, &zone, start, end) {
                prop_assert!(until > now || start == end);
                prop_assert!(until.as_second() - now.as_second() <= 26 * 3600);
                prop_assert_eq!(quiet_until(until, &zone, start, end), None);
            }
        }

        #[test]
        fn the_next_digest_is_later_and_within_a_week(now in 1_700_000_000_i64..1_900_000_000, hour in 0_i8..24, mondays: bool) {
            let now = Timestamp::from_second(now).unwrap();
            let next = next_at(now, &zone("Europe/Berlin"), Clock::new(hour, 0), mondays).unwrap();
            prop_assert!(next > now);
            let longest = if mondays { 170 } else { 26 };
            prop_assert!(next.as_second() - now.as_second() <= longest * 3600);
        }
    }
}
