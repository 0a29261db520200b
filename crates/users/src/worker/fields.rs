//! What the fields of a worker's profile are made of: values that were checked when they were read.

use std::fmt;
use std::str::FromStr;

use deserr::Deserr;
use jiff::civil::Date;
use kernel::text::{Invalid, Text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::person::Geo;

kernel::words! {
    /// How somebody wants to work.
    WorkType { FullTime "full_time", PartTime "part_time", Contract "contract", Daily "daily" }
}

kernel::words! {
    /// How much somebody has done already.
    Experience { Entry "entry", Intermediate "intermediate", Experienced "experienced", Expert "expert" }
}

kernel::words! {
    /// How well somebody can do something.
    Level { Beginner "Beginner", Intermediate "Intermediate", Advanced "Advanced", Expert "Expert" }
}

kernel::words! {
    /// How far somebody goes for a job.
    Travel { No "no", Region "region", Country "country", Anywhere "anywhere" }
}

/// The names of trades, cities, skills and the like.
pub type Name = Text<1, 60>;

/// A day, `2026-03-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub Date);

impl Day {
    /// In UTC.
    pub fn today() -> Self {
        Self(kernel::time::now().to_zoned(jiff::tz::TimeZone::UTC).date())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Day {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let day = text.parse::<Date>().ok().filter(|day| (1900..=2200).contains(&day.year()));
        // One spelling only, so that texts of days sort as the days do.
        let day = day.filter(|day| day.to_string() == text);
        day.map(Self).ok_or(Invalid("must be a day from 1900 to 2200, like 2026-03-31".into()))
    }
}

kernel::text_value!(Day, {
    "type": "string",
    "format": "date",
    "pattern": "^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$",
    "examples": ["2024-03-31"]
});

/// A link to a page or a file, `https` only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link(String);

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Link {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let rest = text.strip_prefix("https://").unwrap_or_default();
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let named =
            host.contains('.') && host.bytes().all(|it| it.is_ascii_alphanumeric() || b".-:".contains(&it));
        let clean = text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte));
        if text.len() <= 500 && named && host.starts_with(|it: char| it.is_ascii_alphanumeric()) && clean {
            return Ok(Self(text.to_owned()));
        }
        Err(Invalid("must be a link that begins with https://, of at most 500 characters".into()))
    }
}

kernel::text_value!(Link, {
    "type": "string",
    "maxLength": 500,
    "pattern": r#"^https://[A-Za-z0-9][A-Za-z0-9.:-]*\.[A-Za-z0-9.:-]*([/?#][^\s"<>\\^`{|}\x00-\x20\x7F-\uFFFF]*)?$"#,
    "examples": ["https://example.com/work.jpg"]
});

/// Where somebody works.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields, rename = "WorkLocation")]
pub struct Location {
    #[schemars(example = &"Accra")]
    pub city: Name,
    #[deserr(default)]
    pub region: Option<Name>,
    #[deserr(default)]
    pub country: Option<Name>,
    #[deserr(default)]
    pub geo: Option<Geo>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_one_spelling() {
        assert!("2024-02-29".parse::<Day>().is_ok());
        for text in ["2023-02-29", "2023-2-1", "20230201", "1899-12-31", "2023-02-01T00:00:00"] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_link_leads_to_a_host_over_tls_and_nowhere_else() {
        assert!("https://example.com/a?b=c#d".parse::<Link>().is_ok());
        for text in [
            "http://example.com",
            "https://",
            "https://localhost",
            "javascript:alert(1)",
            "https://a.b/\"x",
            "https://ex ample.com",
        ] {
            assert!(text.parse::<Link>().is_err(), "{text}");
        }
    }
}
