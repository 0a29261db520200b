//! POST /admin/tours/import: the tours of a business that moves here, in the form of natours' lists.

use deserr::Deserr;
use kernel::money::Currency;
use kernel::text::Prose;
use kernel::text::{Invalid, Text};
use kernel::time::Moment;
use kernel::{FieldErrors, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Transaction;

use super::write::NAME_TAKEN;
use super::{Difficulty, Facts, Image, Tour, TourId, TourName};
use crate::geo::Location;
use crate::rating::Rating;
use crate::{Tours, again};

/// What fits into a body of 64 KB anyway.
const MOST: usize = 100;
const SEEN_BEFORE: kernel::Problem = kernel::Problem::new("imported-before", 409, "Imported before");

/// Tours in the order they are to be made.
#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields)]
#[schemars(deny_unknown_fields, rename = "ToursImport")]
pub struct Import {
    /// What the prices are in; `USD` unless said otherwise.
    #[deserr(default)]
    pub currency: Option<Currency>,
    #[schemars(length(min = 1, max = 100))]
    pub tours: Vec<ImportedTour>,
}

/// What may be sent: with a currency beside them, or the file of tours as it is.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(untagged)]
pub enum TourImport {
    Import(Import),
    Tours(Vec<ImportedTour>),
}

impl<E: deserr::DeserializeError> Deserr<E> for TourImport {
    fn deserialize_from_value<V: deserr::IntoValue>(
        value: deserr::Value<V>,
        at: deserr::ValuePointerRef<'_>,
    ) -> Result<Self, E> {
        match value {
            deserr::Value::Sequence(_) => Vec::deserialize_from_value(value, at).map(Self::Tours),
            other => Import::deserialize_from_value(other, at).map(Self::Import),
        }
    }
}

impl TourImport {
    fn into_import(self) -> Import {
        match self {
            Self::Import(import) => import,
            Self::Tours(tours) => Import { currency: None, tours },
        }
    }
}

/// A tour as `tours-simple.json` and `tours.json` have it.
#[derive(Debug, Clone, Deserr, JsonSchema)]
#[deserr(deny_unknown_fields, rename_all = camelCase)]
#[schemars(deny_unknown_fields, rename_all = "camelCase")]
pub struct ImportedTour {
    /// By which a tour is known again; a number or a text.
    #[deserr(default)]
    pub id: Option<SourceId>,
    /// The same, as the database exports it.
    #[deserr(rename = "_id", default)]
    #[schemars(rename = "_id")]
    pub document_id: Option<SourceId>,
    #[schemars(example = &"The Forest Hiker")]
    pub name: TourName,
    /// Days.
    #[schemars(range(min = 1, max = 365), example = &5)]
    pub duration: u32,
    #[schemars(range(min = 1, max = 1000), example = &25)]
    pub max_group_size: u32,
    pub difficulty: Difficulty,
    #[deserr(default)]
    pub ratings_average: Option<f64>,
    #[deserr(default)]
    pub ratings_quantity: Option<u32>,
    /// In the currency's whole units, as natours writes them: 397 dollars.
    #[schemars(range(min = 0), example = &397.0)]
    pub price: f64,
    #[deserr(default)]
    pub price_discount: Option<f64>,
    pub summary: Text<1, 300>,
    #[deserr(default)]
    pub description: Option<Prose<0, 4000>>,
    pub image_cover: Image,
    #[deserr(default)]
    pub images: Option<Vec<Image>>,
    #[deserr(default)]
    pub start_dates: Option<Vec<Moment>>,
    #[deserr(default)]
    pub secret_tour: Option<bool>,
    #[deserr(default)]
    pub start_location: Option<Location>,
    #[deserr(default)]
    pub locations: Option<Vec<Location>>,
}

/// An id of the system before: a number in `tours-simple.json`, a text in `tours.json`.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[schemars(untagged)]
pub enum SourceId {
    Number(u64),
    Text(Text<1, 100>),
}

impl<E: deserr::DeserializeError> Deserr<E> for SourceId {
    fn deserialize_from_value<V: deserr::IntoValue>(
        value: deserr::Value<V>,
        at: deserr::ValuePointerRef<'_>,
    ) -> Result<Self, E> {
        match value {
            deserr::Value::Integer(number) => Ok(Self::Number(number)),
            other => Text::deserialize_from_value(other, at).map(Self::Text),
        }
    }
}

impl std::fmt::Display for SourceId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

/// What became of each tour, in their order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "TourImported")]
pub struct Imported {
    pub source_id: String,
    pub outcome: Outcome,
    /// The tour here; none when it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<TourId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "TourImportOutcome")]
pub enum Outcome {
    Created,
    /// An import before has made it; nothing was changed.
    Existing,
    /// Another tour has its name.
    NameTaken,
}

fn source_guard(source_id: &str) -> String {
    format!("TOUR-SOURCE#{source_id}")
}

impl Tours {
    /// Each tour by itself: a repeated import makes what is missing and leaves the rest alone.
    pub async fn import_tours(&self, import: TourImport) -> Result<Vec<Imported>> {
        let tours = import.into_import().read()?;
        let mut outcomes = Vec::new();
        for (source_id, facts, rating) in tours {
            let (outcome, id) = again(|| self.import_tour(&source_id, &facts, rating)).await?;
            outcomes.push(Imported { source_id, outcome, id });
        }
        Ok(outcomes)
    }

    async fn import_tour(
        &self,
        source: &str,
        facts: &Facts,
        rating: Rating,
    ) -> Result<(Outcome, Option<TourId>)> {
        let guard = source_guard(source);
        if let Some(id) = self.owner::<TourId>(&guard).await? {
            return Ok((Outcome::Existing, Some(id)));
        }
        let (tour, effect): (Tour, Transaction) =
            self.new_tour(facts.clone(), rating, Some(source.to_owned())).await?;
        let effect =
            effect.guard(&self.table, &guard, &tour.id.to_string(), SEEN_BEFORE.because("A moment ago."))?;
        match effect.commit(&self.table).await {
            Ok(()) => Ok((Outcome::Created, Some(tour.id))),
            Err(failure) if failure.problem == SEEN_BEFORE => {
                Ok((Outcome::Existing, self.owner(&guard).await?))
            }
            // Two imports at once refuse each other by the name first.
            Err(failure) if failure.problem == NAME_TAKEN => match self.owner(&guard).await? {
                Some(id) => Ok((Outcome::Existing, Some(id))),
                None => Ok((Outcome::NameTaken, None)),
            },
            Err(failure) => Err(failure),
        }
    }
}

impl Import {
    /// Everything is read before anything is made.
    fn read(&self) -> Result<Vec<(String, Facts, Rating)>> {
        let currency = self.currency.unwrap_or(Currency::USD);
        let mut errors = FieldErrors::default();
        if !(1..=MOST).contains(&self.tours.len()) {
            errors.push("/tours", format!("must have 1 to {MOST} elements"));
        }
        let mut read = Vec::new();
        for (at, tour) in self.tours.iter().enumerate() {
            match tour.read(currency) {
                Ok(tour) => read.push(tour),
                Err(invalid) => invalid.0.into_iter().for_each(|error| {
                    errors.push(format!("/tours/{at}{}", error.pointer), error.message);
                }),
            }
        }
        errors.or(read)
    }
}

impl ImportedTour {
    fn read(&self, currency: Currency) -> Result<(String, Facts, Rating), FieldErrors> {
        let one = |pointer: &str, invalid: Invalid| FieldErrors::one(pointer, invalid.0);
        let source_id = self.document_id.as_ref().or(self.id.as_ref());
        let source_id = source_id.ok_or_else(|| FieldErrors::one("/id", "is required"))?.to_string();
        let discount = self.price_discount.map(|it| minor_units(it, currency)).transpose();
        let tour = self.clone();
        let facts = Facts {
            name: tour.name,
            duration: tour.duration,
            max_group_size: tour.max_group_size,
            difficulty: tour.difficulty,
            price: minor_units(tour.price, currency).map_err(|invalid| one("/price", invalid))?,
            price_discount: discount.map_err(|invalid| one("/priceDiscount", invalid))?.filter(|it| *it != 0),
            currency,
            summary: tour.summary,
            description: tour.description,
            image_cover: tour.image_cover,
            images: tour.images.unwrap_or_default(),
            start_dates: tour.start_dates.unwrap_or_default(),
            secret: tour.secret_tour.unwrap_or(false),
            start_location: tour.start_location,
            locations: tour.locations.unwrap_or_default(),
            guides: Vec::new(),
        };
        facts.check().map_err(|failure| FieldErrors(failure.errors))?;
        let average = self.ratings_average.unwrap_or(Rating::OF_A_NEW_TOUR.average);
        if !(1.0..=5.0).contains(&average) {
            return Err(FieldErrors::one("/ratingsAverage", "must be from 1 to 5"));
        }
        let quantity = self.ratings_quantity.unwrap_or(0).into();
        let rating = Rating { average: (average * 10.0).round() / 10.0, quantity, version: 0 };
        Ok((source_id, facts, rating))
    }
}

/// 397 dollars are 39,700 cents.
fn minor_units(price: f64, currency: Currency) -> Result<i64, Invalid> {
    let minor = price * f64::from(10_u32.pow(currency.minor_digits()));
    // Whole numbers up to this are exact.
    if !(0.0..=1e12).contains(&minor) || (minor - minor.round()).abs() > 1e-6 {
        return Err(Invalid(format!("must be an amount of {currency}")));
    }
    Ok(minor.round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_line_of_tours_simple_is_read() {
        let body = json!({"tours": [{
            "id": 0, "name": "The Forest Hiker", "duration": 5, "maxGroupSize": 25, "difficulty": "easy",
            "ratingsAverage": 4.7, "ratingsQuantity": 37, "price": 397, "summary": "Breathtaking hike",
            "description": "Ut enim\nad minim", "imageCover": "tour-1-cover.jpg", "images": ["tour-1-1.jpg"],
            "startDates": ["2021-04-25,10:00", "2021-07-20,10:00"],
        }]});
        let import = deserr::deserialize::<Import, _, FieldErrors>(body).unwrap();
        let (source, facts, rating) = import.read().unwrap().remove(0);
        assert_eq!((source.as_str(), facts.price, rating.average, rating.quantity), ("0", 39_700, 4.7, 37));
        assert_eq!(facts.start_dates[1].to_string(), "2021-07-20T10:00:00Z");
    }

    #[test]
    fn amounts_are_exact_or_refused() {
        assert_eq!(minor_units(19.99, Currency::USD), Ok(1999));
        assert_eq!(minor_units(500.0, "JPY".parse().unwrap()), Ok(500));
        for price in [-1.0, 0.001, f64::NAN, 1e300] {
            assert!(minor_units(price, Currency::USD).is_err(), "{price}");
        }
    }
}
