//! Text and times that were checked when they were read.

use std::fmt;
use std::str::FromStr;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use kernel::text::Invalid;
use kernel::{Failure, Result, Timestamp};

/// Text of up to `MAX` characters with line breaks, trimmed, without other control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prose<const MAX: usize>(String);

impl<const MAX: usize> Prose<MAX> {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> fmt::Display for Prose<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MAX: usize> FromStr for Prose<MAX> {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if text.chars().count() > MAX {
            return Err(Invalid(format!("must have at most {MAX} characters")));
        }
        if text.chars().any(|letter| letter.is_control() && !['\n', '\r', '\t'].contains(&letter)) {
            return Err(Invalid("must be without control characters".into()));
        }
        Ok(Self(text.to_owned()))
    }
}

kernel::text_value!(Prose<const MAX: usize>, {
    "type": "string",
    "maxLength": MAX
});

/// A moment: RFC 3339, or as lists of tours write it (`2021-04-25,10:00`), which is UTC.
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

kernel::text_value!(Moment, {
    "type": "string",
    "format": "date-time",
    "examples": ["2026-06-19T09:00:00Z"]
});

/// A part of the path that is checked by the use case, because a mistake in it is 400 and not 404.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part(String);

impl FromStr for Part {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Ok(Self(text.to_owned()))
    }
}

impl schemars::JsonSchema for Part {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Part".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "minLength": 1})
    }
}

impl Part {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its value; `name` is what the path calls it.
    pub fn read<T: FromStr<Err = Invalid>>(&self, name: &str) -> Result<T> {
        self.0.parse().map_err(|invalid: Invalid| Failure::field(name, invalid.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_in_both_forms() {
        let expected: Timestamp = "2021-04-25T10:00:00Z".parse().unwrap();
        assert_eq!("2021-04-25,10:00".parse::<Moment>().unwrap().0, expected);
        assert_eq!("2021-04-25T12:00:00+02:00".parse::<Moment>().unwrap().0, expected);
        assert!("tomorrow".parse::<Moment>().is_err());
    }

    #[test]
    fn prose_keeps_its_lines_and_nothing_that_moves_a_terminal() {
        assert_eq!(" a\nb ".parse::<Prose<5>>().unwrap().as_str(), "a\nb");
        assert!("a\u{1b}[2J".parse::<Prose<9>>().is_err());
        assert!("abc".parse::<Prose<2>>().is_err());
    }
}
