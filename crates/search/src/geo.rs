//! Places: distances, and the cells of the geohash grid that cover a circle.

use std::collections::BTreeSet;

use geohash::Coord;
use serde::{Deserialize, Serialize};

/// The mean radius of the Earth, in km (IUGG).
const EARTH: f64 = 6_371.008_8;

/// A place on Earth, in degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    pub lat: f64,
    pub lng: f64,
}

impl Point {
    /// Along the surface, in km (haversine).
    pub fn distance(self, other: Self) -> f64 {
        let (from, to) = (self.lat.to_radians(), other.lat.to_radians());
        let (north, east) = ((to - from) / 2.0, (other.lng - self.lng).to_radians() / 2.0);
        let part = north.sin().powi(2) + from.cos() * to.cos() * east.sin().powi(2);
        2.0 * EARTH * part.clamp(0.0, 1.0).sqrt().asin()
    }

    /// The cell around it.
    pub fn cell(self, precision: u8) -> String {
        let grid = Grid::of(precision);
        grid.name(grid.column(self.lng), grid.row(self.lat))
    }
}

/// The cells of one precision that together hold every point within `radius` km of the centre.
pub fn cover(centre: Point, radius: f64, precision: u8) -> BTreeSet<String> {
    let grid = Grid::of(precision);
    let angle = radius / EARTH;
    // A hair wider, so that no rounding loses a point on the rim.
    let reach = angle.to_degrees() * (1.0 + 1e-9) + 1e-9;
    let (south, north) = (centre.lat - reach, centre.lat + reach);
    let rows = grid.row(south)..=grid.row(north);
    let sine = angle.sin() / centre.lat.to_radians().cos();
    // A circle around a pole meets every meridian.
    if south <= -90.0 || north >= 90.0 || sine.is_nan() || sine >= 1.0 {
        return rows.flat_map(|row| (0..grid.columns).map(move |column| grid.name(column, row))).collect();
    }
    let reach = sine.asin().to_degrees() * (1.0 + 1e-9) + 1e-9;
    let first = grid.column(centre.lng - reach);
    // Across the date line the columns begin anew.
    let width = ((2.0 * reach / grid.width()).floor() as u64 + 2).min(grid.columns);
    let last = grid.column(centre.lng + reach);
    let columns: Vec<_> = (0..width).map(|step| (first + step) % grid.columns).collect();
    let end = columns.iter().position(|column| *column == last).map_or(columns.len(), |end| end + 1);
    rows.flat_map(|row| columns[..end].iter().map(move |column| grid.name(*column, row))).collect()
}

/// The grid of one precision: 5 bits a letter, the first for the longitude, then in turn.
#[derive(Debug, Clone, Copy)]
struct Grid {
    precision: u8,
    columns: u64,
    rows: u64,
}

impl Grid {
    fn of(precision: u8) -> Self {
        let bits = 5 * u32::from(precision);
        Self { precision, columns: 1 << bits.div_ceil(2), rows: 1 << (bits / 2) }
    }

    /// In degrees.
    fn width(self) -> f64 {
        360.0 / self.columns as f64
    }

    fn column(self, lng: f64) -> u64 {
        let turn = (lng + 180.0).rem_euclid(360.0) / 360.0;
        ((turn * self.columns as f64) as u64).min(self.columns - 1)
    }

    fn row(self, lat: f64) -> u64 {
        let up = ((lat + 90.0) / 180.0).clamp(0.0, 1.0);
        ((up * self.rows as f64) as u64).min(self.rows - 1)
    }

    fn name(self, column: u64, row: u64) -> String {
        let x = (column as f64 + 0.5) / self.columns as f64 * 360.0 - 180.0;
        let y = (row as f64 + 0.5) / self.rows as f64 * 180.0 - 90.0;
        // The middle of a cell is always on the map.
        geohash::encode(Coord { x, y }, usize::from(self.precision)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point() -> impl Strategy<Value = Point> {
        let lat = prop_oneof![4 => -90.0..=90.0, 1 => Just(90.0), 1 => Just(-90.0), 1 => 89.0..=90.0];
        let lng = prop_oneof![4 => -180.0..=180.0, 1 => Just(180.0), 1 => Just(-180.0), 1 => 179.9..=180.0];
        (lat, lng).prop_map(|(lat, lng)| Point { lat, lng })
    }

    /// Where one comes to from a point in a direction.
    fn away(from: Point, bearing: f64, km: f64) -> Point {
        let (lat, angle) = (from.lat.to_radians(), km / EARTH);
        let up = (lat.sin() * angle.cos() + lat.cos() * angle.sin() * bearing.cos()).clamp(-1.0, 1.0).asin();
        let side = (bearing.sin() * angle.sin() * lat.cos()).atan2(angle.cos() - lat.sin() * up.sin());
        let lng = (from.lng + side.to_degrees() + 540.0).rem_euclid(360.0) - 180.0;
        Point { lat: up.to_degrees(), lng }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

        #[test]
        fn every_point_within_the_radius_is_in_the_cover(
            centre in point(), bearing in 0.0..std::f64::consts::TAU, share in 0.0_f64..=1.0, radius in 0.1..500.0_f64,
        ) {
            let found = away(centre, bearing, radius * share);
            prop_assume!(centre.distance(found) <= radius);
            // Fine cells in a wide circle or around a pole are many; nobody asks for them.
            let finest = if centre.lat.abs() >= 80.0 { 3 } else if radius >= 50.0 { 4 } else { 6 };
            for precision in 1..=finest {
                let cells = cover(centre, radius, precision);
                prop_assert!(cells.contains(&found.cell(precision)), "{found:?} {precision} {cells:?}");
            }
        }

        #[test]
        fn the_cell_is_the_one_that_geohash_names(at in point(), precision in 1_u8..=9) {
            prop_assume!(at.lat < 90.0 && at.lng < 180.0);
            let theirs = geohash::encode(Coord { x: at.lng, y: at.lat }, usize::from(precision)).unwrap();
            let mine = at.cell(precision);
            // On a border both are right; rounding decides.
            let bounds = geohash::decode_bbox(&mine).unwrap();
            let near = |value: f64, low: f64, high: f64| value >= low - 1e-9 && value <= high + 1e-9;
            prop_assert!(
                mine == theirs
                    || (near(at.lng, bounds.min().x, bounds.max().x) && near(at.lat, bounds.min().y, bounds.max().y))
            );
        }

        #[test]
        fn distance_is_the_same_both_ways_and_never_more_than_half_way_round(a in point(), b in point()) {
            let there = a.distance(b);
            prop_assert!((there - b.distance(a)).abs() < 1e-6);
            prop_assert!((0.0..=20_016.0).contains(&there));
        }
    }

    #[test]
    fn the_date_line_and_the_poles_are_no_borders() {
        let fiji = Point { lat: -17.0, lng: 179.9 };
        let east = Point { lat: -17.0, lng: -179.9 };
        assert!(fiji.distance(east) < 22.0);
        assert!(cover(fiji, 30.0, 4).contains(&east.cell(4)));
        let pole = Point { lat: 89.9, lng: 10.0 };
        let beyond = Point { lat: 89.9, lng: -170.0 };
        assert!(pole.distance(beyond) < 23.0);
        assert!(cover(pole, 30.0, 3).contains(&beyond.cell(3)));
    }

    #[test]
    fn distances_are_those_of_the_map() {
        let accra = Point { lat: 5.6037, lng: -0.1870 };
        let kumasi = Point { lat: 6.6885, lng: -1.6244 };
        assert!((accra.distance(kumasi) - 199.6).abs() < 2.0, "{}", accra.distance(kumasi));
    }
}
