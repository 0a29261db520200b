//! Where something is, and how far that is from here: on the sphere that natours' clients know.

use std::str::FromStr;

use deserr::Deserr;
use kernel::text::{Invalid, Text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The earth's radius, as the specification of the distances says (TO-5).
const RADIUS_KM: f64 = 6378.1;
const RADIUS_MI: f64 = 3963.2;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub lat: f64,
    pub lng: f64,
}

/// `34.1,-118.1`: latitude and longitude.
impl FromStr for Point {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid("must be latitude and longitude, like 34.11,-118.11".into());
        let (lat, lng) = text.split_once(',').ok_or_else(invalid)?;
        let read = |text: &str| text.trim().parse::<f64>().ok().filter(|it| it.is_finite());
        Self::new(read(lat).ok_or_else(invalid)?, read(lng).ok_or_else(invalid)?).ok_or_else(invalid)
    }
}

impl Point {
    pub fn new(lat: f64, lng: f64) -> Option<Self> {
        ((-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lng)).then_some(Self { lat, lng })
    }

    /// The angle between two points as seen from the earth's centre, by the haversine formula: it is good for the smallest
    /// distances, at the poles, and across the date line.
    fn angle_to(self, other: Self) -> f64 {
        let (a, b) = (self.lat.to_radians(), other.lat.to_radians());
        let (north, east) = ((b - a) / 2.0, (other.lng - self.lng).to_radians() / 2.0);
        let h = north.sin().powi(2) + a.cos() * b.cos() * east.sin().powi(2);
        // Rounding may lead a little beyond 1 at the antipodes.
        2.0 * h.clamp(0.0, 1.0).sqrt().asin()
    }

    pub fn metres_to(self, other: Self) -> f64 {
        self.angle_to(other) * RADIUS_KM * 1000.0
    }

    pub fn is_within(self, distance: f64, unit: Unit, of: Self) -> bool {
        self.angle_to(of) <= distance / unit.radius()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Miles,
    Kilometres,
}

impl FromStr for Unit {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "mi" => Ok(Self::Miles),
            "km" => Ok(Self::Kilometres),
            _ => Err(Invalid("must be mi or km".into())),
        }
    }
}

impl Unit {
    const fn radius(self) -> f64 {
        match self {
            Self::Miles => RADIUS_MI,
            Self::Kilometres => RADIUS_KM,
        }
    }

    /// What a metre is in it (TO-6).
    pub const fn per_metre(self) -> f64 {
        match self {
            Self::Miles => 0.000_621_371,
            Self::Kilometres => 0.001,
        }
    }
}

/// How far around a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distance(pub f64);

impl FromStr for Distance {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let number = text.parse().ok().filter(|it: &f64| it.is_finite() && *it >= 0.0);
        number.map(Self).ok_or_else(|| Invalid("must be a number of at least 0".into()))
    }
}

/// A place on a tour, in GeoJSON's form: longitude first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields)]
pub struct Location {
    #[serde(rename = "type", default)]
    #[deserr(rename = "type", default)]
    #[schemars(rename = "type", default)]
    pub kind: PointKind,
    /// Longitude and latitude.
    #[schemars(schema_with = "coordinates")]
    pub coordinates: [f64; 2],
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub address: Option<Text<1, 300>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub description: Option<Text<1, 300>>,
    /// On which day of the tour one is there; not of the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[deserr(default)]
    pub day: Option<u32>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Deserr, JsonSchema)]
pub enum PointKind {
    #[default]
    Point,
}

fn coordinates(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({
        "type": "array",
        "items": {"type": "number"},
        "minItems": 2,
        "maxItems": 2,
        "examples": [[-115.570_154, 51.178_456]]
    })
}

impl Location {
    /// `None` when that is nowhere on earth.
    pub fn point(&self) -> Option<Point> {
        let [lng, lat] = self.coordinates;
        Point::new(lat, lng)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(lat: f64, lng: f64) -> Point {
        Point::new(lat, lng).unwrap()
    }

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() <= b.abs() * 0.005
    }

    /// The central angle by vectors, which shares nothing with the haversine.
    fn by_vectors(a: Point, b: Point) -> f64 {
        let vector = |p: Point| {
            let (lat, lng) = (p.lat.to_radians(), p.lng.to_radians());
            [lat.cos() * lng.cos(), lat.cos() * lng.sin(), lat.sin()]
        };
        let (a, b) = (vector(a), vector(b));
        let cross = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
        let dot: f64 = a.iter().zip(&b).map(|(a, b)| a * b).sum();
        cross.iter().map(|it| it * it).sum::<f64>().sqrt().atan2(dot)
    }

    #[test]
    fn known_distances_come_out() {
        // A degree of the equator, across the date line; from pole to pole; across the pole.
        assert!(close(at(0.0, 179.5).metres_to(at(0.0, -179.5)), 111_318.8));
        assert!(close(at(90.0, 0.0).metres_to(at(-90.0, 77.0)), 20_037_392.0));
        assert!(close(at(89.5, 10.0).metres_to(at(89.5, -170.0)), 111_318.8));
        assert!(at(89.9, 0.0).metres_to(at(90.0, 123.0)) < 11_200.0);
        // Los Angeles and New York: 3,936 km.
        assert!(close(at(34.0522, -118.2437).metres_to(at(40.7128, -74.006)), 3_939_000.0));
    }

    /// Great circles by the law of cosines, in kilometres on a sphere of the mean radius of 6,371 km; ours is larger by a
    /// known factor.
    #[test]
    fn cities_are_as_far_apart_as_they_are() {
        let (london, new_york) = (at(51.5074, -0.1278), at(40.7128, -74.006));
        let (sydney, santiago) = (at(-33.8688, 151.2093), at(-33.4489, -70.6693));
        let (suva, apia) = (at(-18.1416, 178.4419), at(-13.8333, -171.7667));
        let (longyearbyen, utqiagvik) = (at(78.2232, 15.6267), at(71.2906, -156.7886));
        for (a, b, km) in [
            (london, new_york, 5570.0),
            (sydney, santiago, 11_347.0),
            (suva, apia, 1151.0),
            (longyearbyen, utqiagvik, 3383.0),
        ] {
            let found = a.metres_to(b) / 1000.0 * 6371.0 / RADIUS_KM;
            assert!(close(found, km), "{found} instead of {km}");
        }
    }

    #[test]
    fn within_is_the_same_in_both_units() {
        let (here, there) = (at(34.111, -118.113), at(36.5, -117.0));
        let km = here.metres_to(there) * Unit::Kilometres.per_metre();
        assert!(there.is_within(km * 1.001, Unit::Kilometres, here));
        assert!(!there.is_within(km * 0.999, Unit::Kilometres, here));
        let mi = here.metres_to(there) * Unit::Miles.per_metre();
        assert!(there.is_within(mi * 1.001, Unit::Miles, here));
        assert!(!there.is_within(mi * 0.999, Unit::Miles, here));
    }

    #[test]
    fn what_is_no_pair_on_earth_is_refused() {
        for text in ["", "34", "34,", "a,b", "91,0", "0,181", "NaN,0", "0,inf", "1,2,3"] {
            assert!(text.parse::<Point>().is_err(), "{text:?}");
        }
        assert_eq!("-90, 180".parse::<Point>(), Ok(at(-90.0, 180.0)));
        assert!("km".parse::<Unit>().is_ok() && "m".parse::<Unit>().is_err());
        assert!("-1".parse::<Distance>().is_err());
    }

    proptest! {
        /// Where formulas are known to fail: beside each other, on the other side of the earth, at the poles and the date line.
        #[test]
        fn it_is_right_where_it_is_hard(
            lat in prop::sample::select(vec![-90.0, -89.9999, -45.0, 0.0, 1e-7, 60.0, 89.9999, 90.0]),
            lng in prop::sample::select(vec![-180.0, -179.9999, -90.0, 0.0, 1e-7, 179.9999, 180.0]),
            north in -1e-3..1e-3f64, east in -1e-3..1e-3f64, across: bool,
        ) {
            let one = at(lat, lng);
            // Somewhere near it, or near the point on the other side.
            let (lat, lng) = if across { (-lat, if lng > 0.0 { lng - 180.0 } else { lng + 180.0 }) } else { (lat, lng) };
            let wrapped = (lng + east + 540.0).rem_euclid(360.0) - 180.0;
            let other = at((lat + north).clamp(-90.0, 90.0), wrapped);
            let (found, expected) = (one.angle_to(other), by_vectors(one, other));
            prop_assert!((found - expected).abs() <= expected * 0.005 + 1e-12, "{found} instead of {expected}");
            // A whole turn more or less is the same place.
            let turned = Point { lat: other.lat, lng: if other.lng > 0.0 { other.lng - 360.0 } else { other.lng + 360.0 } };
            prop_assert!((one.angle_to(turned) - found).abs() <= found * 0.005 + 1e-12);
        }

        #[test]
        fn the_haversine_is_right_anywhere(a in -90.0..=90.0f64, b in -180.0..=180.0f64, c in -90.0..=90.0f64, d in -180.0..=180.0f64) {
            let (one, other) = (at(a, b), at(c, d));
            let expected = by_vectors(one, other);
            prop_assert!((one.angle_to(other) - expected).abs() <= expected * 0.000_1 + 1e-7);
            prop_assert!((one.angle_to(other) - other.angle_to(one)).abs() < 1e-9);
        }
    }
}
