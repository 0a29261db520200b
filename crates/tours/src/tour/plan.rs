//! TO-3, TO-4: what can be counted about tours. Both count the public shelf, so a secret tour shows in neither.

use std::collections::BTreeMap;

use jiff::civil::date;
use jiff::tz::TimeZone;
use kernel::money::Currency;
use kernel::text::Invalid;
use kernel::{Failure, Result, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Difficulty;
use crate::Tours;
use crate::shelf::Shelf;
use crate::text::Part;
use kernel::results::All;

/// From this average on a tour counts in the statistics (natours).
const WELL_RATED: f64 = 4.5;

/// The well rated tours of one difficulty; amounts in minor units.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TourStatistics {
    /// In capitals: `EASY`.
    pub difficulty: String,
    /// Prices of different currencies have no average, so each has its row.
    pub currency: Currency,
    pub num_tours: u64,
    /// The sum of their ratings.
    pub num_ratings: u64,
    pub avg_rating: f64,
    pub avg_price: f64,
    pub min_price: i64,
    pub max_price: i64,
}

/// What begins in a month.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MonthPlan {
    /// From 1.
    pub month: i8,
    pub num_tour_starts: usize,
    /// By name, the earliest first.
    pub tours: Vec<String>,
}

/// What of an entry is counted.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Counted {
    name: String,
    difficulty: Difficulty,
    ratings_average: f64,
    ratings_quantity: u64,
    price: i64,
    currency: Currency,
    start_dates: Vec<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Year(i16);

impl std::str::FromStr for Year {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let year = text.parse().ok().filter(|year| (1970..=9998).contains(year));
        year.map(Self).ok_or_else(|| Invalid("must be a year from 1970 to 9998".into()))
    }
}

impl Tours {
    pub async fn tour_statistics(&self) -> Result<All<TourStatistics>> {
        Ok(All::new(statistics(&self.counted().await?)))
    }

    pub async fn monthly_plan(&self, year: &Part) -> Result<All<MonthPlan>> {
        let year = year.read("year")?;
        Ok(All::new(plan(&self.counted().await?, year)?))
    }

    async fn counted(&self) -> Result<Vec<Counted>> {
        let shelves = self.catalogue.open([Shelf::Tours]).await?;
        shelves.all().map(|entry: &Value| Counted::deserialize(entry).map_err(Failure::internal)).collect()
    }
}

fn statistics(tours: &[Counted]) -> Vec<TourStatistics> {
    let mut groups = BTreeMap::<_, Vec<&Counted>>::new();
    for tour in tours.iter().filter(|tour| tour.ratings_average >= WELL_RATED) {
        groups.entry((tour.difficulty, tour.currency)).or_default().push(tour);
    }
    let row = |((difficulty, currency), tours): ((Difficulty, Currency), Vec<&Counted>)| {
        let count = tours.len() as f64;
        let prices = || tours.iter().map(|tour| tour.price);
        TourStatistics {
            difficulty: format!("{difficulty:?}").to_uppercase(),
            currency,
            num_tours: tours.len() as u64,
            num_ratings: tours.iter().map(|tour| tour.ratings_quantity).sum(),
            avg_rating: tours.iter().map(|tour| tour.ratings_average).sum::<f64>() / count,
            // Summed exactly, divided once.
            avg_price: prices().map(i128::from).sum::<i128>() as f64 / count,
            min_price: prices().min().unwrap_or(0),
            max_price: prices().max().unwrap_or(0),
        }
    };
    let mut rows: Vec<_> = groups.into_iter().map(row).collect();
    rows.sort_by(|a, b| a.avg_price.total_cmp(&b.avg_price));
    rows
}

/// From the first moment of the year, up to and without the first of the next: the last evening of December belongs to it.
fn plan(tours: &[Counted], Year(year): Year) -> Result<Vec<MonthPlan>> {
    let first = |year| {
        let day = date(year, 1, 1).to_zoned(TimeZone::UTC);
        day.map(|day| day.timestamp()).map_err(Failure::internal)
    };
    let year = first(year)?..first(year + 1)?;
    let mut months = BTreeMap::<i8, Vec<(Timestamp, &str)>>::new();
    for tour in tours {
        for start in tour.start_dates.iter().filter(|start| year.contains(start)) {
            let month = start.to_zoned(TimeZone::UTC).month();
            months.entry(month).or_default().push((*start, &tour.name));
        }
    }
    let row = |(month, mut starts): (i8, Vec<(Timestamp, &str)>)| {
        starts.sort_unstable();
        let tours: Vec<_> = starts.into_iter().map(|(_, name)| name.to_owned()).collect();
        MonthPlan { month, num_tour_starts: tours.len(), tours }
    };
    let mut rows: Vec<_> = months.into_iter().map(row).collect();
    rows.sort_by_key(|row| (std::cmp::Reverse(row.num_tour_starts), row.month));
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tour(name: &str, difficulty: Difficulty, average: f64, price: i64, starts: &[&str]) -> Counted {
        Counted {
            name: name.into(),
            difficulty,
            ratings_average: average,
            ratings_quantity: 10,
            price,
            currency: Currency::USD,
            start_dates: starts.iter().map(|start| start.parse().unwrap()).collect(),
        }
    }

    #[test]
    fn statistics_count_well_rated_tours_by_difficulty_and_cheapest_first() {
        let tours = [
            tour("a", Difficulty::Difficult, 4.5, 100_000, &[]),
            tour("b", Difficulty::Easy, 4.9, 40_000, &[]),
            tour("c", Difficulty::Easy, 4.5, 50_001, &[]),
            tour("d", Difficulty::Easy, 4.4, 1, &[]),
        ];
        let rows = statistics(&tours);
        assert_eq!(rows.len(), 2);
        let easy = &rows[0];
        assert_eq!((easy.difficulty.as_str(), easy.num_tours, easy.num_ratings), ("EASY", 2, 20));
        assert_eq!((easy.avg_price, easy.min_price, easy.max_price), (45_000.5, 40_000, 50_001));
        assert!((easy.avg_rating - 4.7).abs() < 1e-9);
        assert_eq!(rows[1].difficulty, "DIFFICULT");
    }

    #[test]
    fn a_year_is_half_open_and_in_utc() {
        let tours = [
            tour("a", Difficulty::Easy, 4.5, 1, &["2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z"]),
            tour("b", Difficulty::Easy, 4.5, 1, &["2026-12-31T23:59:59.999Z", "2027-01-01T00:00:00Z"]),
            // The evening before in New York, the morning after in UTC.
            tour("c", Difficulty::Easy, 4.5, 1, &["2026-12-31T20:00:00-05:00", "2026-12-01T00:00:00Z"]),
        ];
        let rows = plan(&tours, Year(2026)).unwrap();
        let shape: Vec<_> =
            rows.iter().map(|row| (row.month, row.num_tour_starts, row.tours.join(" "))).collect();
        assert_eq!(shape, [(12, 2, "c b".to_owned()), (1, 1, "a".to_owned())]);
    }

    #[test]
    fn a_year_is_a_year() {
        assert_eq!("2026".parse::<Year>(), Ok(Year(2026)));
        for text in ["", "26", "99999", "2026.0", "next"] {
            assert!(text.parse::<Year>().is_err(), "{text}");
        }
    }
}
