//! What people say of themselves: values that were checked when they were read.

use std::fmt;
use std::str::FromStr;

use deserr::Deserr;
use jiff::civil::Date;
use kernel::text::{Invalid, Text};
use kernel::{FieldErrors, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// As identity takes them.
pub type Name = Text<1, 60>;

/// A day in the past, since 1900.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BirthDate(Date);

impl fmt::Display for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for BirthDate {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let day = text.parse::<Date>().ok().filter(|day| day.to_string() == text);
        let today = time::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let born = day.filter(|day| day.year() >= 1900 && *day < today);
        born.map(Self).ok_or_else(|| Invalid("must be a past day, like 1990-12-31".into()))
    }
}

kernel::text_value!(BirthDate, {"type": "string", "format": "date", "examples": ["1990-12-31"]});

/// A country by its two letters (ISO 3166-1 alpha-2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Country(String);

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Country {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let two = text.len() == 2 && text.bytes().all(|letter| letter.is_ascii_uppercase());
        two.then(|| Self(text.into())).ok_or_else(|| Invalid("must be two capital letters, like NP".into()))
    }
}

kernel::text_value!(Country, {"type": "string", "pattern": "^[A-Z]{2}$", "examples": ["NP"]});

/// Where somebody lives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct HomeAddress {
    pub line1: Text<1, 100>,
    #[deserr(default)]
    pub line2: Option<Text<1, 100>>,
    pub city: Text<1, 100>,
    #[deserr(default)]
    pub state: Option<Text<1, 100>>,
    #[deserr(default)]
    pub zip: Option<Text<1, 20>>,
    pub country: Country,
}

/// A place on the map, in degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Geo {
    #[schemars(range(min = -90, max = 90))]
    pub lat: f64,
    #[schemars(range(min = -180, max = 180))]
    pub lng: f64,
}

impl Geo {
    /// Says so when there is no such place.
    pub fn check(self, pointer: &str, errors: &mut FieldErrors) {
        if !(-90.0..=90.0).contains(&self.lat) || !(-180.0..=180.0).contains(&self.lng) {
            errors.push(pointer, "must be degrees: lat from -90 to 90, lng from -180 to 180");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_birthday_is_a_day_that_was() {
        assert_eq!("1990-12-31".parse::<BirthDate>().unwrap().to_string(), "1990-12-31");
        for text in ["1899-12-31", "2999-01-01", "1990-02-30", "31.12.1990", ""] {
            assert!(text.parse::<BirthDate>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_place_is_on_the_globe() {
        let wrong = |lat, lng| {
            let mut errors = FieldErrors::default();
            Geo { lat, lng }.check("/geo", &mut errors);
            errors.or(()).is_err()
        };
        assert!(!wrong(27.7, 85.3));
        assert!(wrong(91.0, 0.0) && wrong(0.0, -181.0) && wrong(f64::NAN, 0.0));
    }
}
