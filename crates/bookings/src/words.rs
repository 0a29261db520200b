//! Values out of a short list, moments, and text of several lines.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use kernel::Timestamp;
use kernel::text::Invalid;

/// An enum whose values are words: declared once, with its form in JSON, in bodies and in paths.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$each:meta])* $variant:ident $word:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$each])* $variant,)*
        }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl std::str::FromStr for $name {
            type Err = kernel::text::Invalid;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let found = Self::ALL.iter().copied().find(|value| value.name() == text);
                found.ok_or_else(|| kernel::text::Invalid(concat!("must be one of", $(" ", $word),*).into()))
            }
        }

        kernel::text_value!($name, {"type": "string", "enum": [$($word),*]});
    };
}

pub(crate) use words;

/// A moment: RFC 3339, or a plain date or time, which is UTC.
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
        let time = || text.parse::<DateTime>().ok();
        let date = || Some(text.parse::<Date>().ok()?.to_datetime(jiff::civil::Time::midnight()));
        let plain = || Some(time().or_else(date)?.to_zoned(TimeZone::UTC).ok()?.timestamp());
        let moment = text.parse().ok().or_else(plain);
        moment.map(Self).ok_or_else(|| Invalid("must be a time, like 2026-06-19T09:00:00Z".into()))
    }
}

kernel::text_value!(Moment, {
    "type": "string",
    "format": "date-time",
    "examples": ["2026-06-19T09:00:00Z"]
});

/// Text of several lines, trimmed; of the control characters only line breaks and tabs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prose<const MAX: usize>(String);

impl<const MAX: usize> fmt::Display for Prose<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MAX: usize> FromStr for Prose<MAX> {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim().replace("\r\n", "\n");
        if text.is_empty() || text.chars().count() > MAX {
            return Err(Invalid(format!("must have 1 to {MAX} characters")));
        }
        if text.chars().any(|c| c.is_control() && !"\n\t".contains(c)) {
            return Err(Invalid("must not have control characters".into()));
        }
        Ok(Self(text))
    }
}

kernel::text_value!(Prose<const MAX: usize>, {
    "type": "string",
    "minLength": 1,
    "maxLength": MAX
});

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
    fn a_moment_may_be_a_day() {
        let expected: Timestamp = "2027-04-25T00:00:00Z".parse().unwrap();
        for text in ["2027-04-25", "2027-04-25T00:00:00", "2027-04-25T02:00:00+02:00"] {
            assert_eq!(text.parse::<Moment>().unwrap().0, expected);
        }
        assert!("tomorrow".parse::<Moment>().is_err());
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        let days = |from: &str, to: &str| days_between(from.parse().unwrap(), to.parse().unwrap());
        assert_eq!(days("2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z"), 1);
        assert_eq!(days("2026-01-01T00:00:00Z", "2027-03-01T23:00:00Z"), 424);
        assert_eq!(days("2026-03-02T00:00:00Z", "2026-03-01T23:00:00Z"), -1);
    }
}
