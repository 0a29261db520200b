//! TO-1, TO-2, TO-5, TO-6: tours filtered, sorted, and on the map. All of it reads the public shelf.

use std::cmp::Ordering;

use kernel::query::{Catalogue, CatalogueQuery, Field, Kind, Parameter, Parameters, Params};
use kernel::{Failure, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Difficulty, TourId, TourView};
use crate::Tours;
use crate::geo::{Distance, Location, Point, Unit};
use crate::shelf::Shelf;
use crate::text::Part;
use kernel::results::{All, Results, Shown};

/// What a client may ask of tours.
const TOURS: Catalogue = Catalogue::new(&[
    Field::new("name", Kind::Text).filter().sort(),
    Field::new("slug", Kind::Text).filter(),
    Field::new("duration", Kind::Integer).filter().sort().repeat(),
    Field::new("durationWeeks", Kind::Number).sort(),
    Field::new("maxGroupSize", Kind::Integer).filter().sort().repeat(),
    Field::new("difficulty", Kind::Enum(Difficulty::NAMES)).filter().sort().repeat(),
    Field::new("ratingsAverage", Kind::Number).filter().sort().repeat(),
    Field::new("ratingsQuantity", Kind::Integer).filter().sort().repeat(),
    Field::new("price", Kind::Integer).filter().sort().repeat(),
    Field::new("priceDiscount", Kind::Integer).filter().sort(),
    Field::new("currency", Kind::Text).filter(),
    Field::new("startDates", Kind::Time).filter(),
    Field::new("summary", Kind::Text),
    Field::new("description", Kind::Text),
    Field::new("imageCover", Kind::Text),
    Field::new("images", Kind::Text),
    Field::new("secretTour", Kind::Bool),
    Field::new("startLocation", Kind::Text),
    Field::new("locations", Kind::Text),
    Field::new("guides", Kind::Text),
    Field::new("reviewsUrl", Kind::Text),
])
.limit(100);

/// TO-2: how the alias sorts, what it shows, and how much of it.
const TOP_FIVE: [(&str, &str); 3] = [
    ("sort", "-ratingsAverage,price"),
    ("fields", "name,price,ratingsAverage,summary,difficulty"),
    ("limit", "5"),
];

/// How many distances are told.
const NEAREST: usize = 1000;

/// The query parameters of a list of tours.
#[derive(Debug, Clone, PartialEq)]
pub struct TourQuery(pub CatalogueQuery);

impl Parameters for TourQuery {
    fn take(params: &mut Params) -> Self {
        Self(TOURS.take(params))
    }

    fn parameters() -> Vec<Parameter> {
        TOURS.parameters()
    }
}

impl TourQuery {
    /// The five best and cheapest of those that pass the filters.
    pub fn top_five(self) -> Result<Self> {
        let pairs = TOP_FIVE.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let top = TOURS.parse(pairs.into())?;
        Ok(Self(CatalogueQuery { filters: self.0.filters, ..top }))
    }
}

/// How far a tour begins from a point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TourDistance {
    pub id: TourId,
    pub name: String,
    /// In the unit that was asked for.
    pub distance: f64,
}

/// The part of an entry that the map needs.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Start {
    id: TourId,
    name: String,
    start_location: Option<Location>,
}

impl Start {
    fn of(entry: &Value) -> Result<Option<(Self, Point)>> {
        let start = Self::deserialize(entry).map_err(Failure::internal)?;
        let point = start.start_location.as_ref().and_then(Location::point);
        Ok(point.map(|point| (start, point)))
    }
}

impl Tours {
    pub async fn list_tours(&self, query: &TourQuery) -> Result<Results<Shown<TourView>>> {
        let shelves = self.catalogue.open([Shelf::Tours]).await?;
        Ok(query.0.apply(shelves.all()).into())
    }

    pub async fn tours_within(
        &self,
        distance: &Part,
        center: &Part,
        unit: &Part,
    ) -> Result<All<Shown<TourView>>> {
        // Nothing is searched before everything is read.
        let Distance(distance) = distance.read("distance")?;
        let (center, unit) = (center.read::<Point>("latlng")?, unit.read::<Unit>("unit")?);
        let shelves = self.catalogue.open([Shelf::Tours]).await?;
        let mut found = Vec::new();
        for entry in shelves.all() {
            if Start::of(entry)?.is_some_and(|(_, point)| point.is_within(distance, unit, center)) {
                found.push(entry);
            }
        }
        Ok(All::of(found))
    }

    pub async fn tour_distances(&self, from: &Part, unit: &Part) -> Result<All<TourDistance>> {
        let (from, unit) = (from.read::<Point>("latlng")?, unit.read::<Unit>("unit")?);
        let shelves = self.catalogue.open([Shelf::Tours]).await?;
        let mut distances = Vec::new();
        for entry in shelves.all() {
            if let Some((start, point)) = Start::of(entry)? {
                let distance = from.metres_to(point) * unit.per_metre();
                distances.push(TourDistance { id: start.id, name: start.name, distance });
            }
        }
        let nearer = |a: &TourDistance, b: &TourDistance| {
            a.distance.partial_cmp(&b.distance).unwrap_or(Ordering::Equal).then(a.id.cmp(&b.id))
        };
        distances.sort_by(nearer);
        distances.truncate(NEAREST);
        Ok(All::new(distances))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alias_keeps_the_filters_and_nothing_else() {
        let mut params = Params::read("difficulty=easy&limit=100&sort=name&page=3").unwrap();
        let query = TourQuery::take(&mut params);
        let top = params.finish(query).unwrap().top_five().unwrap().0;
        assert_eq!((top.limit, top.page, top.sort.len(), top.filters.len()), (5, 1, 2, 1));
        assert!(top.sort[0].descending && top.sort[0].field.name == "ratingsAverage");
    }

    #[test]
    fn the_six_filters_of_natours_may_repeat_and_others_may_not() {
        let read = |raw: &str| {
            let mut params = Params::read(raw).unwrap();
            let query = TourQuery::take(&mut params);
            params.finish(query)
        };
        for field in ["duration", "ratingsQuantity", "ratingsAverage", "maxGroupSize", "price"] {
            assert!(read(&format!("{field}=4&{field}=5&{field}[gte]=1&{field}[gte]=2")).is_ok(), "{field}");
        }
        assert!(read("difficulty=easy&difficulty=medium").is_ok());
        assert!(read("name=a&name=b").is_err());
        assert!(read("secretTour=true").is_err());
        assert!(read("limit=101").is_err());
    }
}
